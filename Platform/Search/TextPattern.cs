namespace PartnerPlatform.Platform.Search;

/// <summary>A person's text as a pattern for ILIKE: nothing in it is special.</summary>
public static class TextPattern
{
    public static string Containing(string text) => $"%{Escape(text)}%";

    public static string Beginning(string text) => $"{Escape(text)}%";

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
