using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.PartnerZones;

public sealed record PartnerZoneCreated(
    string Id, string Name, string OrganizationId, string VirtualClusterId, string VirtualCluster, string PhysicalClusterId,
    string PhysicalCluster, string SuperUser);

/// <summary>Decided; clients see it once <see cref="SharedTopicReady"/> follows.</summary>
public sealed record TopicShared(string AliasId, string Name, string PhysicalTopic, SharePermission Permission);

public sealed record SharedTopicReady(string AliasId);

public sealed record TopicWithdrawn(string AliasId);

public sealed record PartnerZoneSuspended;

public sealed record PartnerZoneResumed;

/// <summary>What is missing did not come in time; should it come later, the zone is completed all the same.</summary>
public sealed record PartnerZoneFailed(string Why);

public enum PartnerZoneStatus
{
    /// <summary>Something is missing; it is listed, and awaited.</summary>
    Pending,

    /// <summary>Everything that was decided is there.</summary>
    Ready,

    /// <summary>Something is missing for too long.</summary>
    Failed,
}

/// <summary>A topic that a zone shares under the alias's name.</summary>
/// <param name="Ready">False: no node has seen the topic yet.</param>
public sealed record SharedTopic(string AliasId, string Name, string PhysicalTopic, SharePermission Permission, bool Ready);

/// <summary>The unit of sharing: a process over a virtual cluster, aliases, accounts and ACLs, whose state is this stream.</summary>
public sealed record PartnerZone(
    string Id, string Name, string OrganizationId, string VirtualClusterId, string VirtualCluster, string PhysicalClusterId,
    string PhysicalCluster, string SuperUser, IReadOnlyList<SharedTopic> Topics, bool Suspended, string? Failure)
    : IState<PartnerZone>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public PartnerZoneStatus Status =>
        Topics.All(t => t.Ready) ? PartnerZoneStatus.Ready : Failure is null ? PartnerZoneStatus.Pending : PartnerZoneStatus.Failed;

    public static PartnerZone After(PartnerZone? state, object @event) => (state, @event) switch
    {
        (null, PartnerZoneCreated e) => new(e.Id, e.Name, e.OrganizationId, e.VirtualClusterId, e.VirtualCluster, e.PhysicalClusterId,
            e.PhysicalCluster, e.SuperUser, [], false, null),
        ({ } s, TopicShared e) => s with { Topics = [.. s.Topics, new SharedTopic(e.AliasId, e.Name, e.PhysicalTopic, e.Permission, false)] },
        ({ } s, SharedTopicReady e) => Settle(s with { Topics = [.. s.Topics.Select(t => t.AliasId == e.AliasId ? t with { Ready = true } : t)] }),
        ({ } s, TopicWithdrawn e) => Settle(s with { Topics = [.. s.Topics.Where(t => t.AliasId != e.AliasId)] }),
        ({ } s, PartnerZoneSuspended) => s with { Suspended = true },
        ({ } s, PartnerZoneResumed) => s with { Suspended = false },
        ({ } s, PartnerZoneFailed e) => s with { Failure = e.Why },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        $"{Audiences.PartnerZoneKind}/{Id}", Audiences.Platform, OrganizationId, new { Id, Name, Status, Suspended, Topics });

    private static PartnerZone Settle(PartnerZone zone) => zone.Topics.All(t => t.Ready) ? zone with { Failure = null } : zone;
}
