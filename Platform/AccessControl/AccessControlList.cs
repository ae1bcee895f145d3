using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.AccessControl;

public sealed record AccessControlOpened(string Id, string VirtualClusterId, string VirtualCluster, string? OrganizationId);

public sealed record AccessGranted(IReadOnlyList<AclBinding> Bindings);

public sealed record AccessRevoked(IReadOnlyList<AclBinding> Bindings);

public sealed record AccessControlClosed;

/// <summary>All ACL bindings of one virtual cluster.</summary>
public sealed record AccessControlList(
    string Id, string VirtualClusterId, string VirtualCluster, string? OrganizationId, IReadOnlyList<AclBinding> Bindings, bool Closed)
    : IState<AccessControlList>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public static AccessControlList After(AccessControlList? state, object @event) => (state, @event) switch
    {
        (null, AccessControlOpened e) => new(e.Id, e.VirtualClusterId, e.VirtualCluster, e.OrganizationId, [], false),
        ({ } s, AccessGranted e) => s with { Bindings = [.. s.Bindings, .. e.Bindings] },
        ({ } s, AccessRevoked e) => s with { Bindings = [.. s.Bindings.Except(e.Bindings)] },
        ({ } s, AccessControlClosed) => s with { Closed = true },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.AccessControl, VirtualClusterId), Audiences.Gateway, OrganizationId,
        Closed ? null : new AccessControlDocument(VirtualClusterId, Bindings));
}
