using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>Error texts of brokers, without what the tenant must not see.</summary>
public static class ErrorTexts
{
    public static Replacement Clean(ReadOnlySpan<byte> text, TenantView view, TenantTopic? topic = null) =>
        Replacement.With(Encoding.UTF8.GetBytes(Clean(Encoding.UTF8.GetString(text), view, topic)));

    /// <summary>The text with the tenant's names in the place of physical ones.</summary>
    /// <param name="text">As the broker wrote it.</param>
    /// <param name="view">The tenant.</param>
    /// <param name="topic">The topic that the text is about, if known.</param>
    public static string Clean(string text, TenantView view, TenantTopic? topic = null)
    {
        if (topic is not null)
        {
            text = text.Replace(topic.PhysicalName, topic.Name, StringComparison.Ordinal);
        }

        foreach (var alias in view.Cluster.Aliases.Values)
        {
            if (text.Contains(alias.PhysicalTopic, StringComparison.Ordinal))
            {
                text = text.Replace(alias.PhysicalTopic, view.FindPhysical(alias.PhysicalTopicUtf8)?.Name ?? alias.Name, StringComparison.Ordinal);
            }
        }

        return WithoutForeign(text, view).Replace(view.Cluster.Prefix, "", StringComparison.Ordinal);
    }

    /// <summary>Brokers quote topics of others, too: one whose name differs in '.' and '_' only, or one of the same request's broker.</summary>
    private static string WithoutForeign(string text, TenantView view)
    {
        StringBuilder? cleaned = null;
        var done = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && IsOfNames(text[at]))
            {
                at++;
            }

            if (at > start && Instead(text[start..at], view) is { } instead)
            {
                (cleaned ??= new StringBuilder()).Append(text, done, start - done).Append(instead);
                done = at;
            }
        }

        return cleaned is null ? text : cleaned.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>Null: the word can be shown.</summary>
    private static string? Instead(string word, TenantView view)
    {
        if (IsForeign(word, view))
        {
            return "another topic";
        }

        var name = word.TrimEnd('.');
        return view.UnsharedNameBack(Encoding.UTF8.GetBytes(name)) is { } shown ? Encoding.UTF8.GetString(shown) + word[name.Length..] : null;
    }

    private static bool IsOfNames(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    /// <summary>A topic that exists and is not the tenant's, also as the start of <c>topic-partition</c> or the end of a sentence.</summary>
    private static bool IsForeign(string word, TenantView view)
    {
        word = word.TrimEnd('.');
        return IsForeignTopic(word, view) || (word.LastIndexOf('-') is var dash and > 0 && IsForeignTopic(word[..dash], view));
    }

    private static bool IsForeignTopic(string name, TenantView view) => view.State.Topics.ContainsKey(name) && view.FindPhysical(Encoding.UTF8.GetBytes(name)) is null;
}
