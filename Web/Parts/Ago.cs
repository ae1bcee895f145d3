using System.Globalization;

namespace PartnerPlatform.Web.Parts;

/// <summary>Times and counts as people read them.</summary>
public static class Ago
{
    public static string Of(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = now - at;
        var text = Length(distance.Duration());
        return text.Length == 0 ? "just now" : distance < TimeSpan.Zero ? $"in {text}" : $"{text} ago";
    }

    public static string Absolute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double value) => value < 1 ? "<1 ms" : $"{value.ToString("N0", CultureInfo.InvariantCulture)} ms";

    public static string Bytes(long value)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (amount, unit) = ((double)value, 0);
        while (amount >= 1000 && unit < units.Length - 1)
        {
            (amount, unit) = (amount / 1000, unit + 1);
        }

        return $"{amount.ToString(unit == 0 || amount >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <param name="more">There are others, which were not counted.</param>
    public static string AtLeast(long count, bool more) => more ? $"{Number(count)}+" : Number(count);

    /// <param name="noun">Singular.</param>
    /// <param name="more">There are others, which were not counted.</param>
    public static string Count(long count, string noun, bool more = false) => $"{AtLeast(count, more)} {noun}{(count == 1 && !more ? "" : "s")}";

    private static string Length(TimeSpan length) => length switch
    {
        { TotalSeconds: < 5 } => "",
        { TotalSeconds: < 60 } => $"{(int)length.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)length.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)length.TotalHours} h",
        _ => $"{(int)length.TotalDays} days",
    };
}
