using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Aliases;

public sealed record AliasCreated(
    string Id, string VirtualClusterId, string VirtualCluster, string Name, string PhysicalClusterId, string PhysicalCluster,
    string PhysicalTopic, SharePermission Permission, string? PartnerZoneId, string? OrganizationId);

public sealed record AliasRemoved;

/// <summary>The name stands for another topic of the same physical cluster from now on.</summary>
public sealed record AliasRetargeted(string PhysicalTopic);

/// <summary>The topic has another name from now on.</summary>
/// <param name="Former">What it was called before, which works on; null: it does not.</param>
public sealed record AliasRenamed(string Name, FormerName? Former);

public sealed record FormerNameEnded(string Name);

/// <summary>A name in a virtual cluster for a topic of a physical cluster.</summary>
/// <param name="PartnerZoneId">The zone that shares it; such an alias is changed through its zone.</param>
/// <param name="Former">What it was called before, as long as that works.</param>
public sealed record Alias(
    string Id, string VirtualClusterId, string VirtualCluster, string Name, string PhysicalClusterId, string PhysicalCluster,
    string PhysicalTopic, SharePermission Permission, string? PartnerZoneId, string? OrganizationId, bool Removed, FormerName? Former = null, int Renames = 0)
    : IState<Alias>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public static Alias After(Alias? state, object @event) => (state, @event) switch
    {
        (null, AliasCreated e) => new(e.Id, e.VirtualClusterId, e.VirtualCluster, e.Name, e.PhysicalClusterId, e.PhysicalCluster,
            e.PhysicalTopic, e.Permission, e.PartnerZoneId, e.OrganizationId, false),
        ({ } s, AliasRemoved) => s with { Removed = true },
        ({ } s, AliasRetargeted e) => s with { PhysicalTopic = e.PhysicalTopic },
        ({ } s, AliasRenamed e) => s with { Name = e.Name, Former = e.Former, Renames = s.Renames + 1 },
        ({ } s, FormerNameEnded) => s with { Former = null },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.Alias, Id), Audiences.Gateway, OrganizationId,
        Removed ? null : new AliasDocument(Id, VirtualClusterId, Name, PhysicalCluster, PhysicalTopic, Permission, Former?.Name, Renames));
}
