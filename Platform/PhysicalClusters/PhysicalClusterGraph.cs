using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Nodes;

namespace PartnerPlatform.Platform.PhysicalClusters;

[GraphQLMetadata(Name = "BrokerSlot")]
[Description("Virtual node id of a broker; its port is GATEWAY_PORT_START + slot on every node.")]
public sealed record BrokerSlotView(
    [property: Description("The broker's id in its physical cluster.")] int BrokerId,
    [property: Description("Unique over all physical clusters.")] int Slot);

[GraphQLMetadata(Name = "PhysicalTopic")]
[Description("A topic of a physical cluster, as gateway nodes last saw it.")]
public sealed record PhysicalTopicView(
    [property: Description("Its name.")] string Name,
    [property: Description("Kafka's topic id.")] Guid TopicId,
    [property: Description("Number of partitions.")] int Partitions);

[GraphQLMetadata(Name = "ClusterProperty")]
[Description("A property of Kafka's Java client.")]
public sealed record ClusterPropertyView(
    [property: Description("Its name, such as security.protocol.")] string Name,
    [property: Description("Its value.")] string Value);

[GraphQLMetadata(Name = "ClusterProblem")]
[Description("Why a gateway node does not reach a cluster as it should.")]
public sealed record ClusterProblemView(
    [property: Description("Name of the node.")] string Node,
    [property: Description("What it says.")] string Problem);

[GraphQLMetadata(Name = "ClusterConnection")]
[Description("How gateway nodes connect to a cluster.")]
public sealed class ClusterConnectionView(ClusterConnection connection)
{
    [Description("Counts the cluster's connections.")]
    public int Number => connection.Number;

    [Description("All that are no secrets, by name.")]
    public IReadOnlyList<ClusterPropertyView> Properties => [.. connection.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new ClusterPropertyView(p.Key, p.Value))];

    [Description("Names of those that are; their values are never shown again.")]
    public IReadOnlyList<string> Secrets => connection.Secrets;
}

[GraphQLMetadata(Name = "PhysicalCluster")]
[Description("A real Kafka cluster.")]
public sealed class PhysicalClusterView(PhysicalCluster state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique name.")]
    public string Name => state.Name;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("How nodes connect to it; null: by their own configuration, under its name.")]
    public ClusterConnectionView? Connection => state.Connection is { } connection ? new(connection) : null;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("What gateway nodes in touch say is wrong with it, 100 at most; empty: nothing.")]
    public async Task<IReadOnlyList<ClusterProblemView>> Problems([FromServices] NodeStates states, IResolveFieldContext context) =>
        [.. (await states.Problems(state.Name, context.CancellationToken)).Select(p => new ClusterProblemView(p.Node, p.Problem))];

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("One for each broker ever found.")]
    public IReadOnlyList<BrokerSlotView> Slots => [.. state.Slots.Select(s => new BrokerSlotView(s.BrokerId, s.Slot))];

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Topics that nodes have seen, by name.")]
    public async Task<Connection<PhysicalTopicView>> Topics(
        [FromServices] PhysicalClusterFacts facts, IResolveFieldContext context, int first = 50, string? after = null,
        [Description("Only those with this text in their name, in any case.")] string? text = null)
    {
        Paging.Check(first);
        var rows = await facts.Topics(state.Id, text, Paging.Decode(after), first + 1, context.CancellationToken);
        return Paging.Page(rows, first, t => new PhysicalTopicView(t.Name, t.TopicId, t.Partitions), t => t.Name);
    }

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class PhysicalClusterQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("A physical cluster by its name.")]
    public static async Task<PhysicalClusterView?> PhysicalCluster(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its name.")] string name) =>
        new(await reading.Get<PhysicalCluster>(context, Claim.PhysicalCluster(name), "physical cluster", name));

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Physical clusters in order of registration.")]
    public static Task<Connection<PhysicalClusterView>> PhysicalClusters(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<PhysicalCluster, PhysicalClusterView>(context, first, after, q => q, c => new(c));
}

public sealed class RegisterPhysicalClusterInput : MutationInput
{
    [Description("Unique name; main is the default cluster.")]
    public required string Name { get; set; }
}

[Description("Answer of registerPhysicalCluster.")]
public sealed record RegisterPhysicalClusterPayload(
    [property: Description("The cluster.")] PhysicalClusterView PhysicalCluster,
    [property: Description("What was done.")] Change Change);

[Description("A property of Kafka's Java client.")]
public sealed class ClusterPropertyInput
{
    [Description("Its name, such as security.protocol.")]
    public required string Name { get; set; }

    [Description("Its value; secrets are sealed, reach gateway nodes only, and are never shown again.")]
    public required string Value { get; set; }
}

public sealed class SetPhysicalClusterConnectionInput : MutationInput
{
    [Description("Name of the cluster; not main, for which nodes have a configuration of their own.")]
    public required string Name { get; set; }

    [Description("All properties: bootstrap.servers, security.protocol, sasl.mechanism, sasl.jaas.config and so on. Certificates and keys as PEM, not as files.")]
    public required IReadOnlyList<ClusterPropertyInput> Properties { get; set; }
}

[Description("Answer of setPhysicalClusterConnection.")]
public sealed record SetPhysicalClusterConnectionPayload(
    [property: Description("The cluster.")] PhysicalClusterView PhysicalCluster,
    [property: Description("What was done.")] Change Change);

public sealed class RemovePhysicalClusterConnectionInput : MutationInput
{
    [Description("Name of the cluster.")]
    public required string Name { get; set; }
}

[Description("Answer of removePhysicalClusterConnection.")]
public sealed record RemovePhysicalClusterConnectionPayload(
    [property: Description("The cluster.")] PhysicalClusterView PhysicalCluster,
    [property: Description("What was done.")] Change Change);

public sealed class PhysicalClusterMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Registers a physical cluster; what nodes report of others is ignored.")]
    public static async Task<RegisterPhysicalClusterPayload?> RegisterPhysicalCluster([FromServices] Dispatch dispatch, IResolveFieldContext context, RegisterPhysicalClusterInput input)
    {
        var (thing, change, _) = await dispatch.Send<PhysicalCluster>(context, input, ask => new RegisterPhysicalCluster(ask, Ids.New("pcluster"), input.Name));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Says how nodes connect to a cluster, in the place of what was said before; a node that has a configuration of its own for it goes by that. Open connections live on.")]
    public static async Task<SetPhysicalClusterConnectionPayload?> SetPhysicalClusterConnection(
        [FromServices] Dispatch dispatch, [FromServices] SealedSecrets sealing, IResolveFieldContext context, SetPhysicalClusterConnectionInput input)
    {
        // As in a file of properties: of several values the last counts.
        var given = input.Properties.GroupBy(p => p.Name.Trim(), p => p.Value).ToDictionary(g => g.Key, g => g.Last());
        var secrets = given.Where(p => ConnectionRules.IsSecret(p.Key)).ToDictionary(p => p.Key, p => new Secret(p.Value));
        var properties = given.Where(p => !ConnectionRules.IsSecret(p.Key)).ToDictionary();
        var (thing, change, _) = await dispatch.Send<PhysicalCluster>(context, input, ask => new SetClusterConnection(ask, input.Name, properties, secrets, sealing.Digest(secrets)));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Takes back how nodes connect to a cluster, and deletes its secrets; nodes go by their own configuration.")]
    public static async Task<RemovePhysicalClusterConnectionPayload?> RemovePhysicalClusterConnection(
        [FromServices] Dispatch dispatch, IResolveFieldContext context, RemovePhysicalClusterConnectionInput input)
    {
        var (thing, change, _) = await dispatch.Send<PhysicalCluster>(context, input, ask => new RemoveClusterConnection(ask, input.Name));
        return new(new(thing), change);
    }
}
