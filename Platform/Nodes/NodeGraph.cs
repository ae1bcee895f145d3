using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Clients;

namespace PartnerPlatform.Platform.Nodes;

[GraphQLMetadata(Name = "NodeEndpoint")]
[Description("Where a node can be reached.")]
public sealed class NodeEndpointView(NodeEndpoint endpoint)
{
    [Description("Nodes with the same one share the load.")]
    public string ClusterId => endpoint.ClusterId;

    [Description("Host that clients are told.")]
    public string AdvertisedHost => endpoint.AdvertisedHost;

    [Description("Port of slot 0.")]
    public int PortStart => endpoint.PortStart;

    [Description("How many slots it serves.")]
    public int PortCount => endpoint.PortCount;

    [Description("Its rack.")]
    public string? RackId => endpoint.RackId;
}

[GraphQLMetadata(Name = "Node")]
[Description("A registered gateway node.")]
public sealed class NodeView(Node state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique; its OAuth client id.")]
    public string Name => state.Name;

    [Description("Where it can be reached; null until it has said so.")]
    public NodeEndpointView? Endpoint => state.Endpoint is { } endpoint ? new(endpoint) : null;

    [Description("True: it is gone.")]
    public bool Removed => state.Removed;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("How it was when last heard of; null if never.")]
    public async Task<NodeStateView?> State([FromServices] NodeStates states, IResolveFieldContext context) =>
        await states.Find(state.Name, context.CancellationToken) is { } s ? new(s.Boot, s.Version, s.AppliedNumber, s.LastSeen, s.Connections) : null;

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

[GraphQLMetadata(Name = "NodeState")]
[Description("How a node was when last heard of.")]
public sealed record NodeStateView(
    [property: Description("Random id of its process.")] string Boot,
    [property: Description("Version of the gateway.")] string Version,
    [property: Description("Feed number that it had applied.")] long AppliedNumber,
    [property: Description("When.")] DateTimeOffset LastSeen,
    [property: Description("Authenticated client connections.")] int Connections);

public sealed class NodeQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("A gateway node by its name.")]
    public static async Task<NodeView?> Node(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its name.")] string name) =>
        new(await reading.Get<Node>(context, Claim.Node(name), "node", name));

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Gateway nodes in order of registration.")]
    public static Task<Connection<NodeView>> Nodes(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<Node, NodeView>(context, first, after, q => q.Where(n => !n.Removed), n => new(n));
}

public sealed class RegisterNodeInput : MutationInput
{
    [Description("Unique: 1 to 63 of a-z, 0-9 and '-'; becomes its OAuth client id.")]
    public required string Name { get; set; }
}

[Description("Answer of registerNode.")]
public sealed record RegisterNodePayload(
    [property: Description("The node.")] NodeView Node,
    [property: Description("Its OAuth client id.")] string ClientId,
    [property: Description("Its OAuth client secret, shown this once; null in a dry run and in a repeated answer.")] string? ClientSecret,
    [property: Description("What was done.")] Change Change);

public sealed class RemoveNodeInput : MutationInput
{
    [Description("Its name.")]
    public required string Name { get; set; }
}

[Description("Answer of removeNode.")]
public sealed record RemoveNodePayload(
    [property: Description("The node as it was.")] NodeView Node,
    [property: Description("What was done.")] Change Change);

public sealed class NodeMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Registers a gateway node; its credentials are shown this once.")]
    public static async Task<RegisterNodePayload?> RegisterNode([FromServices] Dispatch dispatch, IResolveFieldContext context, RegisterNodeInput input)
    {
        var secret = Secret.Generate();
        var (thing, change, _) = await dispatch.Send<Node>(context, input, ask => new RegisterNode(
            ask, Ids.New("node"), Ids.New("client"), input.Name, ClientSecrets.Hash(secret)));
        return new(new(thing), thing.Name, input.DryRun || change.Replayed ? null : secret.Reveal(), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Removes a gateway node and its credentials.")]
    public static async Task<RemoveNodePayload?> RemoveNode([FromServices] Dispatch dispatch, IResolveFieldContext context, RemoveNodeInput input)
    {
        var (thing, change, _) = await dispatch.Send<Node>(context, input, ask => new RemoveNode(ask, input.Name));
        return new(new(thing), change);
    }
}
