using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Nodes;

/// <param name="NewSecret">Hash of the node's generated client secret.</param>
public sealed record RegisterNode(Ask Ask, string NewId, string NewClientId, string Name, SecretHash NewSecret) : Command(Ask);

public sealed record RemoveNode(Ask Ask, string Name) : Command(Ask);

/// <summary>A node said where it can be reached.</summary>
public sealed record ChangeNodeEndpoint(Ask Ask, string NodeId, NodeEndpoint Endpoint) : Command(Ask);

public static class NodeDecider
{
    public static Decision Decide(RegisterNode command) =>
        Names.CheckSlug(command.Name) is { } bad ? bad : Decision.Accept(new NodeRegistered(command.NewId, command.Name));

    public static Decision Decide(RemoveNode command, Node? state) =>
        state is null or { Removed: true } ? Refusal.NotFound("node", command.Name, "name") : Decision.Accept(new NodeRemoved());

    public static Decision Decide(ChangeNodeEndpoint command, Node? state)
    {
        if (state is null or { Removed: true })
        {
            return Refusal.NotFound("node", command.NodeId);
        }

        if (state.Endpoint == command.Endpoint)
        {
            return Decision.Nothing;
        }

        var e = command.Endpoint;
        return e.ClusterId is not { Length: > 0 and <= 200 } || e.AdvertisedHost is not { Length: > 0 and <= 255 }
            || e.PortStart is < 1 or > 65535 || e.PortCount < 1 || e.PortStart + e.PortCount - 1 > 65535
            || !Uri.TryCreate(e.ProbeUrl, UriKind.Absolute, out _)
            ? Refusal.Invalid("endpoint", "node-endpoint", "An endpoint has a cluster id, a host, ports from 1 to 65535 and an absolute probe URL.")
            : Decision.Accept(new NodeEndpointChanged(command.Endpoint));
    }
}
