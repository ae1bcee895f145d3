using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.PhysicalClusters;

public sealed record PhysicalClusterRegistered(string Id, string Name);

public sealed record SlotAllocated(int BrokerId, int Slot);

/// <summary>Nodes connect to it so from now on, unless they have a configuration of their own for it.</summary>
/// <param name="Number">Counts the cluster's connections.</param>
/// <param name="Properties">Properties of Kafka's Java client that are no secrets.</param>
/// <param name="Secrets">Names of those that are; their values are sealed elsewhere.</param>
public sealed record ConnectionSet(int Number, IReadOnlyDictionary<string, string> Properties, IReadOnlyList<string> Secrets);

/// <summary>Nodes go by their own configuration again.</summary>
public sealed record ConnectionRemoved;

/// <summary>A real Kafka cluster. What it holds is found out by gateway nodes and kept as facts; its slots are decided here.</summary>
/// <param name="Connection">Null: nodes go by their own configuration.</param>
/// <param name="Connections">How many there have been.</param>
public sealed record PhysicalCluster(string Id, string Name, IReadOnlyList<BrokerSlot> Slots, ClusterConnection? Connection = null, int Connections = 0) : IState<PhysicalCluster>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public string? OrganizationId => null;

    public static PhysicalCluster After(PhysicalCluster? state, object @event) => (state, @event) switch
    {
        (null, PhysicalClusterRegistered e) => new(e.Id, e.Name, []),
        ({ } s, SlotAllocated e) => s with { Slots = [.. s.Slots, new BrokerSlot(e.BrokerId, e.Slot)] },
        ({ } s, ConnectionSet e) => s with { Connection = new ClusterConnection(e.Number, e.Properties, e.Secrets), Connections = e.Number },
        ({ } s, ConnectionRemoved) => s with { Connection = null },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.PhysicalCluster, Id), Audiences.Gateway, null, new PhysicalClusterDocument(Id, Name, Slots, Connection));
}
