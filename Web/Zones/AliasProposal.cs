using System.Text.RegularExpressions;

namespace PartnerPlatform.Web.Zones;

/// <summary>A name for the partner: the topic's own word, without the house's domain and version.</summary>
public static partial class AliasProposal
{
    /// <param name="topic">For example <c>sales.orders.v1</c>, which becomes <c>orders</c>.</param>
    public static string For(string topic)
    {
        var words = Version().Replace(topic, "").Split('.', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? topic : words[^1];
    }

    [GeneratedRegex(@"[._-]v?\d+$")]
    private static partial Regex Version();
}
