using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// The names by which one request calls topics that have two, because they are being renamed: its answer calls them the same, although brokers know neither. What a request
/// does not name is called as the connection's requests called it last. To a broker both are one topic, which would take two parts of one request for one: so the second
/// name in one request stands for nothing. One task uses it at a time.
/// </summary>
public sealed class CalledNames(ConnectionMemory memory, FormerNameUse use)
{
    private readonly Dictionary<string, string> _called = new(StringComparer.Ordinal);

    /// <summary>A request calls a topic by a name; false: it has called it by the other one before.</summary>
    public bool Call(Alias alias)
    {
        if (alias.Twin is null)
        {
            return true;
        }

        if (_called.TryGetValue(alias.PhysicalTopic, out var before))
        {
            return before == alias.Name;
        }

        _called[alias.PhysicalTopic] = alias.Name;
        memory.RememberName(alias.PhysicalTopic, alias.Name);
        return true;
    }

    /// <summary>The alias under which the client knows a topic.</summary>
    public Alias Choose(Alias alias)
    {
        if (alias.Twin is not { } twin)
        {
            return alias;
        }

        var called = _called.GetValueOrDefault(alias.PhysicalTopic) ?? memory.NameOf(alias.PhysicalTopic);
        var former = alias.IsFormer ? alias : twin;
        if (called == former.Name || (called is null && memory.Began < alias.RenamedAt))
        {
            use.Note(former.Id);
            return former;
        }

        return former == alias ? twin : alias;
    }
}
