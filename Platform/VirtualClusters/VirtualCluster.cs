using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.VirtualClusters;

public sealed record VirtualClusterCreated(
    string Id, string Name, VirtualClusterKind Kind, string PhysicalClusterId, string PhysicalCluster, bool AclEnabled,
    IReadOnlyList<string> SuperUsers, string? OrganizationId);

public sealed record VirtualClusterSuspended;

public sealed record VirtualClusterResumed;

public sealed record VirtualClusterRemoved;

/// <summary>A logical Kafka cluster.</summary>
public sealed record VirtualCluster(
    string Id, string Name, VirtualClusterKind Kind, string PhysicalClusterId, string PhysicalCluster, bool AclEnabled,
    IReadOnlyList<string> SuperUsers, string? OrganizationId, bool Suspended, bool Removed)
    : IState<VirtualCluster>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public static VirtualCluster After(VirtualCluster? state, object @event) => (state, @event) switch
    {
        (null, VirtualClusterCreated e) => new(
            e.Id, e.Name, e.Kind, e.PhysicalClusterId, e.PhysicalCluster, e.AclEnabled, e.SuperUsers, e.OrganizationId, false, false),
        ({ } s, VirtualClusterSuspended) => s with { Suspended = true },
        ({ } s, VirtualClusterResumed) => s with { Suspended = false },
        ({ } s, VirtualClusterRemoved) => s with { Removed = true },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.VirtualCluster, Id), Audiences.Gateway, OrganizationId,
        Removed ? null : new VirtualClusterDocument(Id, Name, Kind, PhysicalCluster, AclEnabled, SuperUsers, Suspended));
}
