using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Nodes;

public sealed record NodeRegistered(string Id, string Name);

public sealed record NodeEndpointChanged(NodeEndpoint Endpoint);

public sealed record NodeRemoved;

/// <summary>A registered gateway node. Whether it is alive, and what it has applied, are documents, not events.</summary>
public sealed record Node(string Id, string Name, NodeEndpoint? Endpoint, bool Removed) : IState<Node>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public string? OrganizationId => null;

    public static Node After(Node? state, object @event) => (state, @event) switch
    {
        (null, NodeRegistered e) => new(e.Id, e.Name, null, false),
        ({ } s, NodeEndpointChanged e) => s with { Endpoint = e.Endpoint },
        ({ } s, NodeRemoved) => s with { Removed = true },
        _ => throw Fold.Unknown(state, @event),
    };

    /// <summary>Other nodes are told of it once it has said where it is.</summary>
    public FeedRow? ToFeed() => Endpoint is not { } e ? null : new(
        FeedKinds.Key(FeedKinds.Node, Id), Audiences.Gateway, null,
        Removed ? null : new NodeDocument(Id, Name, e.ClusterId, e.AdvertisedHost, e.PortStart, e.PortCount, e.RackId, e.ProbeUrl));
}
