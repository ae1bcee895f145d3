using System.Collections.Frozen;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>A live broker.</summary>
public sealed record Broker(int Id, string Host, int Port, string? Rack);

/// <summary>A topic of a physical cluster.</summary>
public sealed record PhysicalTopic(string Name, Guid Id, int Partitions);

/// <summary>A feature whose level decides what clients do.</summary>
public sealed record Feature(string Name, short Minimum, short Maximum, short Finalized);

/// <summary>What brokers answer to ApiVersions.</summary>
/// <param name="Apis">Offered versions by API key.</param>
/// <param name="Features">Finalized features that the gateway lets through.</param>
/// <param name="FeaturesEpoch">Rises with every change of a feature; -1 = unknown.</param>
public sealed record BrokerVersions(FrozenDictionary<short, VersionRange> Apis, IReadOnlyList<Feature> Features, long FeaturesEpoch);

/// <summary>What a physical cluster held when it was last looked at; immutable.</summary>
public sealed class ClusterState
{
    private readonly Lazy<string[]> _sortedNames;

    public ClusterState(
        string name, bool reachable, FrozenDictionary<int, Broker> brokers, FrozenDictionary<string, PhysicalTopic> topics, FrozenDictionary<int, BrokerVersions> versions)
    {
        Name = name;
        Reachable = reachable;
        Brokers = brokers;
        Topics = topics;
        Versions = versions;
        _sortedNames = new(() => [.. Topics.Keys.Order(StringComparer.Ordinal)]);
    }

    public string Name { get; }

    /// <summary>False: nobody answered lately; the rest is the last that is known.</summary>
    public bool Reachable { get; }

    public FrozenDictionary<int, Broker> Brokers { get; }

    public FrozenDictionary<string, PhysicalTopic> Topics { get; }

    /// <summary>By broker id; brokers that were not asked yet are missing.</summary>
    public FrozenDictionary<int, BrokerVersions> Versions { get; }

    public static ClusterState Unknown(string name) => new(
        name, false, FrozenDictionary<int, Broker>.Empty, FrozenDictionary<string, PhysicalTopic>.Empty, FrozenDictionary<int, BrokerVersions>.Empty);

    /// <summary>Topics whose name starts with a prefix, without looking at the others.</summary>
    public IEnumerable<PhysicalTopic> WithPrefix(string prefix)
    {
        var names = _sortedNames.Value;
        var at = Array.BinarySearch(names, prefix, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < names.Length && names[at].StartsWith(prefix, StringComparison.Ordinal); at++)
        {
            yield return Topics[names[at]];
        }
    }
}
