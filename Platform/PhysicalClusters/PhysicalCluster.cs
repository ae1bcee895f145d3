using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.PhysicalClusters;

public sealed record PhysicalClusterRegistered(string Id, string Name);

public sealed record SlotAllocated(int BrokerId, int Slot);

/// <summary>A real Kafka cluster. What it holds is found out by gateway nodes and kept as facts; its slots are decided here.</summary>
public sealed record PhysicalCluster(string Id, string Name, IReadOnlyList<BrokerSlot> Slots) : IState<PhysicalCluster>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public string? OrganizationId => null;

    public static PhysicalCluster After(PhysicalCluster? state, object @event) => (state, @event) switch
    {
        (null, PhysicalClusterRegistered e) => new(e.Id, e.Name, []),
        ({ } s, SlotAllocated e) => s with { Slots = [.. s.Slots, new BrokerSlot(e.BrokerId, e.Slot)] },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.PhysicalCluster, Id), Audiences.Gateway, null, new PhysicalClusterDocument(Id, Name, Slots));
}
