using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.ServiceAccounts;

namespace PartnerPlatform.Platform.VirtualClusters;

[GraphQLMetadata(Name = "VirtualCluster")]
[Description("A logical Kafka cluster that clients see.")]
public sealed class VirtualClusterView(VirtualCluster state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique name; names are not given twice.")]
    public string Name => state.Name;

    [Description("STANDARD: a namespace of its own. PARTNER: only aliases are visible.")]
    public VirtualClusterKind Kind => state.Kind;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Physical cluster that groups, transactions and writes go to.")]
    public string PhysicalCluster => state.PhysicalCluster;

    [Description("False: every account of the cluster may do everything in it.")]
    public bool AclEnabled => state.AclEnabled;

    [Description("Accounts that no ACL binds.")]
    public IReadOnlyList<string> SuperUsers => state.SuperUsers;

    [Description("True: nobody logs in.")]
    public bool Suspended => state.Suspended;

    [Description("True: it is gone.")]
    public bool Removed => state.Removed;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("Names in the cluster for topics elsewhere.")]
    public Task<Connection<AliasView>> Aliases(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<Alias, AliasView>(context, first, after, q => q.Where(a => a.VirtualClusterId == state.Id && !a.Removed), a => new(a));

    [Description("Identities of applications.")]
    public Task<Connection<ServiceAccountView>> ServiceAccounts(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<ServiceAccount, ServiceAccountView>(context, first, after, q => q.Where(a => a.VirtualClusterId == state.Id), a => new(a));

    [Description("ACL bindings and their version.")]
    public async Task<AccessControlView?> AccessControl([FromServices] Reading reading, IResolveFieldContext context) =>
        await reading.Find<AccessControlList>(context, $"accessControl:{state.Id}") is { } list ? new(list) : null;

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

[Description("Which virtual clusters.")]
public sealed class VirtualClusterFilter
{
    [Description("Only of this kind.")]
    public VirtualClusterKind? Kind { get; set; }

    [Description("Only of this physical cluster. Partners, who do not know of physical clusters, find nothing.")]
    public string? PhysicalCluster { get; set; }

    [Description("Those that were removed too.")]
    public bool? IncludeRemoved { get; set; }
}

public sealed class VirtualClusterQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("A virtual cluster by its name.")]
    public static async Task<VirtualClusterView?> VirtualCluster(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its name.")] string name) =>
        new(await reading.Get<VirtualCluster>(context, Claim.VirtualCluster(name), "virtual cluster", name));

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Virtual clusters in order of creation.")]
    public static Task<Connection<VirtualClusterView>> VirtualClusters(
        [FromServices] Reading reading, IResolveFieldContext context, VirtualClusterFilter? filter = null, int first = 50, string? after = null)
    {
        var seesBehind = context.User!.ToCaller().MaySee(null);
        return reading.List<VirtualCluster, VirtualClusterView>(context, first, after, q =>
        {
            q = filter?.Kind is { } kind ? q.Where(c => c.Kind == kind) : q;
            if (filter?.PhysicalCluster is { } asked)
            {
                // No cluster has an empty name: who does not see what is behind finds nothing by it.
                var physical = seesBehind ? asked : "";
                q = q.Where(c => c.PhysicalCluster == physical);
            }

            return filter?.IncludeRemoved == true ? q : q.Where(c => !c.Removed);
        }, c => new(c));
    }
}

public sealed class CreateVirtualClusterInput : MutationInput
{
    [Description("Unique name: 1 to 63 of a-z, 0-9 and '-'.")]
    public required string Name { get; set; }

    [Description("STANDARD or PARTNER.")]
    public VirtualClusterKind Kind { get; set; }

    [DefaultValue("main")]
    [Description("Physical cluster that it lives on.")]
    public string PhysicalCluster { get; set; } = "main";

    [DefaultValue(true)]
    [Description("Whether ACLs bind its accounts; always true for PARTNER.")]
    public bool AclEnabled { get; set; } = true;

    [Description("Names of accounts that no ACL binds.")]
    public IReadOnlyList<string>? SuperUsers { get; set; }

    [Description("Name of the organisation that it belongs to.")]
    public string? Organization { get; set; }
}

[Description("Answer of createVirtualCluster.")]
public sealed record CreateVirtualClusterPayload(
    [property: Description("The cluster.")] VirtualClusterView VirtualCluster,
    [property: Description("What was done.")] Change Change);

public sealed class RemoveVirtualClusterInput : MutationInput
{
    [Description("Its name; it is not given again.")]
    public required string Name { get; set; }
}

[Description("Answer of removeVirtualCluster.")]
public sealed record RemoveVirtualClusterPayload(
    [property: Description("The cluster as it was.")] VirtualClusterView VirtualCluster,
    [property: Description("What was done.")] Change Change);

public sealed class VirtualClusterMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Creates a virtual cluster.")]
    public static async Task<CreateVirtualClusterPayload?> CreateVirtualCluster([FromServices] Dispatch dispatch, IResolveFieldContext context, CreateVirtualClusterInput input)
    {
        var (thing, change, _) = await dispatch.Send<VirtualCluster>(context, input, ask => new CreateVirtualCluster(
            ask, Ids.New("vcluster"), Ids.New("acl"), input.Name, input.Kind, input.PhysicalCluster, input.AclEnabled, input.SuperUsers ?? [],
            input.Organization));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Removes a virtual cluster that nothing refers to any more.")]
    public static async Task<RemoveVirtualClusterPayload?> RemoveVirtualCluster([FromServices] Dispatch dispatch, IResolveFieldContext context, RemoveVirtualClusterInput input)
    {
        var (thing, change, _) = await dispatch.Send<VirtualCluster>(context, input, ask => new RemoveVirtualCluster(ask, input.Name));
        return new(new(thing), change);
    }
}
