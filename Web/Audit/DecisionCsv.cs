using System.Globalization;
using System.Text;
using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Audit;

/// <summary>Decisions for a spreadsheet (RFC 4180).</summary>
public static class DecisionCsv
{
    public static string Of(IEnumerable<AuditEntry> entries)
    {
        var csv = new StringBuilder("sequence,at,event,thing,actor,role,reason,change,data\r\n");
        foreach (var e in entries)
        {
            csv.AppendJoin(',', new[]
            {
                e.Sequence.ToString(CultureInfo.InvariantCulture), e.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), e.Event, e.ThingId, e.Actor, e.Role, e.Reason, e.ChangeId, e.Data,
            }.Select(Field)).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <summary>A reason is anybody's free text: it must not become a formula in the spreadsheet.</summary>
    private static string Field(string? text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text ?? "";
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
