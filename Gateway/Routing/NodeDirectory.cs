using System.Collections.Immutable;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Routing;

/// <summary>A host and port that clients are told.</summary>
public readonly record struct ClientEndpoint(string Host, int Port);

/// <summary>Which gateway node serves which slot: the live nodes of this gateway cluster share the slots, a node in the broker's rack first.</summary>
public sealed class NodeDirectory(ModelStore model, GatewayOptions options, string self)
{
    private volatile ImmutableHashSet<string> _unreachable = [];

    /// <summary>Nodes of this gateway cluster other than this one.</summary>
    public IEnumerable<NodeDocument> Peers => model.Nodes.Where(n => n.ClusterId == options.ClusterId && n.Name != self);

    public void MarkReachable(string node, bool reachable) =>
        _unreachable = reachable ? _unreachable.Remove(node) : _unreachable.Add(node);

    public bool IsReachable(string node) => !_unreachable.Contains(node);

    /// <summary>How many live nodes come before this one, by name.</summary>
    public int Rank => Peers.Count(n => IsReachable(n.Name) && string.CompareOrdinal(n.Name, self) < 0);

    /// <summary>Where clients reach the broker behind a slot; null when it lies beyond the ports of every live node.</summary>
    public ClientEndpoint? EndpointOf(VirtualNodeId slot, string? rack)
    {
        if (!options.InternalLoadBalancing)
        {
            return slot.Value < options.PortCount ? new ClientEndpoint(options.AdvertisedHost, options.PortStart + slot.Value) : null;
        }

        var live = model.Nodes.Where(n => n.ClusterId == options.ClusterId && n.Name != self && IsReachable(n.Name) && slot.Value < n.PortCount)
            .Select(n => (n.Name, n.AdvertisedHost, n.PortStart, n.RackId))
            .Concat(slot.Value < options.PortCount ? [(self, options.AdvertisedHost, options.PortStart, options.RackId)] : [])
            .OrderBy(n => n.Name, StringComparer.Ordinal)
            .ToList();
        if (live.Count == 0)
        {
            return null;
        }

        var near = rack is null ? [] : live.FindAll(n => n.RackId == rack);
        var candidates = near.Count > 0 ? near : live;
        var chosen = candidates[slot.Value % candidates.Count];
        return new ClientEndpoint(chosen.AdvertisedHost, chosen.PortStart + slot.Value);
    }
}
