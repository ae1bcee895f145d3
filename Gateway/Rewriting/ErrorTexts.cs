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
                text = text.Replace(alias.PhysicalTopic, alias.Name, StringComparison.Ordinal);
            }
        }

        return text.Replace(view.Cluster.Prefix, "", StringComparison.Ordinal);
    }
}
