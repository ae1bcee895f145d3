using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.PartnerZones;

[GraphQLMetadata(Name = "SharedTopic")]
[Description("A topic that a zone shares.")]
public sealed class SharedTopicView(SharedTopic topic)
{
    [Description("Name that the partner's clients see.")]
    public string Name => topic.Name;

    [Description("What it was called before, as long as that works.")]
    public FormerNameView? FormerName => topic.Former is { } former ? new(former, topic.AliasId) : null;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Topic in the physical cluster.")]
    public string PhysicalTopic => topic.PhysicalTopic;

    [Description("What the partner may do at most.")]
    public SharePermission Permission => topic.Permission;

    [Description("False: no node has seen the topic yet.")]
    public bool Ready => topic.Ready;
}

[GraphQLMetadata(Name = "PartnerZone")]
[Description("The unit of sharing: an organisation, its virtual cluster, and what is shared with it.")]
public sealed class PartnerZoneView(PartnerZone state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique name.")]
    public string Name => state.Name;

    [Description("PENDING: something is missing and awaited. READY: everything is there. FAILED: something is missing for too long.")]
    public PartnerZoneStatus Status => state.Status;

    [Description("What is missing, for PENDING and FAILED: names of shared topics, 1000 at most.")]
    public IReadOnlyList<string> Missing => [.. state.Topics.Where(t => !t.Ready).Select(t => t.Name)];

    [Description("True: nobody of the partner logs in.")]
    public bool Suspended => state.Suspended;

    [Description("Name of its virtual cluster.")]
    public string VirtualClusterName => state.VirtualCluster;

    [Description("Name of the account that manages the partner's ACLs.")]
    public string SuperUser => state.SuperUser;

    [Description("What is shared, 1000 topics at most.")]
    public IReadOnlyList<SharedTopicView> Topics => [.. state.Topics.Select(t => new SharedTopicView(t))];

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("Its virtual cluster.")]
    public async Task<VirtualClusterView?> VirtualCluster([FromServices] Reading reading, IResolveFieldContext context) =>
        await reading.Find<VirtualCluster>(context, Claim.Alive(state.VirtualClusterId)) is { } cluster ? new(cluster) : null;

    [Description("How its clients connect.")]
    public Task<Connect> Connect([FromServices] Addresses addresses, IResolveFieldContext context) => addresses.Of(state.PhysicalCluster, context.CancellationToken);

    [Description("The partner.")]
    public async Task<OrganizationView?> Organization([FromServices] Reading reading, IResolveFieldContext context) =>
        await reading.Find<Organization>(context, Claim.Alive(state.OrganizationId)) is { } organization ? new(organization) : null;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class PartnerZoneQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("A partner zone by its name.")]
    public static async Task<PartnerZoneView?> PartnerZone(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its name.")] string name) =>
        new(await reading.Get<PartnerZone>(context, Claim.PartnerZone(name), "partner zone", name));

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Partner zones in order of creation.")]
    public static Task<Connection<PartnerZoneView>> PartnerZones(
        [FromServices] Reading reading, IResolveFieldContext context, PartnerZoneFilter? filter = null, int first = 50, string? after = null) =>
        reading.List<PartnerZone, PartnerZoneView>(
            context, first, after, q => filter?.Apply(q, context.User!.ToCaller()) ?? q, z => new(z));
}
