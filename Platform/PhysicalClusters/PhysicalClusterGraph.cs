using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

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

[GraphQLMetadata(Name = "PhysicalCluster")]
[Description("A real Kafka cluster.")]
public sealed class PhysicalClusterView(PhysicalCluster state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Name in the nodes' configuration.")]
    public string Name => state.Name;

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
    [Description("Name in the nodes' configuration; main is the default cluster.")]
    public required string Name { get; set; }
}

[Description("Answer of registerPhysicalCluster.")]
public sealed record RegisterPhysicalClusterPayload(
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
}
