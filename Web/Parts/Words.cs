namespace PartnerPlatform.Web.Parts;

public static class Words
{
    /// <summary>An event's stored name as people say it: <c>topic_withdrawn</c> is "Topic withdrawn".</summary>
    public static string Of(string name)
    {
        var words = name.Replace('_', ' ').ToLowerInvariant();
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
