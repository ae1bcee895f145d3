using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Aliases;
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

/// <param name="Former">What it was called before, which works on; null: it does not.</param>
public sealed record SharedTopicRenamed(string AliasId, string Name, FormerName? Former);

public sealed record SharedTopicFormerNameEnded(string AliasId, string Name);

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
/// <param name="Former">What it was called before, as long as that works.</param>
public sealed record SharedTopic(string AliasId, string Name, string PhysicalTopic, SharePermission Permission, bool Ready, FormerName? Former = null);

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
        ({ } s, SharedTopicReady e) => Settle(s.With(e.AliasId, t => t with { Ready = true })),
        ({ } s, SharedTopicRenamed e) => s.With(e.AliasId, t => t with { Name = e.Name, Former = e.Former }),
        ({ } s, SharedTopicFormerNameEnded e) => s.With(e.AliasId, t => t with { Former = null }),
        ({ } s, TopicWithdrawn e) => Settle(s with { Topics = [.. s.Topics.Where(t => t.AliasId != e.AliasId)] }),
        ({ } s, PartnerZoneSuspended) => s with { Suspended = true },
        ({ } s, PartnerZoneResumed) => s with { Suspended = false },
        ({ } s, PartnerZoneFailed e) => s with { Failure = e.Why },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        $"{Audiences.PartnerZoneKind}/{Id}", Audiences.Platform, OrganizationId, new { Id, Name, Status, Suspended, Topics });

    private PartnerZone With(string aliasId, Func<SharedTopic, SharedTopic> change) => this with { Topics = [.. Topics.Select(t => t.AliasId == aliasId ? change(t) : t)] };

    private static PartnerZone Settle(PartnerZone zone) => zone.Topics.All(t => t.Ready) ? zone with { Failure = null } : zone;
}
