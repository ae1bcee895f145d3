using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Aliases;

[GraphQLMetadata(Name = "FormerName")]
[Description("What a topic was called before; clients may still use it.")]
public sealed class FormerNameView(FormerName former, string aliasId)
{
    [Description("The name.")]
    public string Name => former.Name;

    [Description("When the topic got its other name.")]
    public DateTimeOffset Since => former.Since;

    [Description("When it ends at the latest; null: not by the date.")]
    public DateTimeOffset? Until => former.Until;

    [Description("It ends when no client has used it for so long; null: not for want of use. While a registered node is out of reach, none ends so.")]
    public TimeSpan? UnusedFor => former.UnusedFor;

    [Description("When a node last saw a client use it; null: not since the topic was renamed.")]
    public Task<DateTimeOffset?> LastUsed([FromServices] FormerNames names, IResolveFieldContext context) => names.LastUsed(aliasId, context.CancellationToken);
}

[Description("How long the name until now works on; whatever comes first ends it.")]
public sealed class KeepFormerNameInput
{
    [Description("A moment within the next year.")]
    public DateTimeOffset? Until { get; set; }

    [Description("Until no client has used it for so long, from PT1M.")]
    public TimeSpan? UnusedFor { get; set; }

    internal Grace ToGrace() => new(Until, UnusedFor);
}

[GraphQLMetadata(Name = "Alias")]
[Description("A name in a virtual cluster for a topic of a physical cluster.")]
public sealed class AliasView(Alias state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Name that clients see.")]
    public string Name => state.Name;

    [Description("What it was called before, as long as that works.")]
    public FormerNameView? FormerName => state.Former is { } former ? new(former, state.Id) : null;

    [Description("Name of the virtual cluster.")]
    public string VirtualCluster => state.VirtualCluster;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Name of the physical cluster.")]
    public string PhysicalCluster => state.PhysicalCluster;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("Topic in that cluster.")]
    public string PhysicalTopic => state.PhysicalTopic;

    [Description("What it permits at most; ACLs only narrow it.")]
    public SharePermission Permission => state.Permission;

    [Description("True: it is gone.")]
    public bool Removed => state.Removed;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class AliasQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("An alias by its virtual cluster and name.")]
    public static async Task<AliasView?> Alias(
        [FromServices] Reading reading, IResolveFieldContext context,
        [Description("Name of the virtual cluster.")] string virtualCluster, [Description("Its name.")] string name)
    {
        var cluster = await reading.Get<VirtualCluster>(context, Claim.VirtualCluster(virtualCluster), "virtual cluster", virtualCluster);
        return new(await reading.Get<Alias>(context, Claim.Alias(cluster.Id, name), "alias", name));
    }
}

public sealed class CreateAliasInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Name that clients see; Kafka's rules for topic names.")]
    public required string Name { get; set; }

    [Description("Name of the physical cluster; the virtual cluster's own if not given.")]
    public string? PhysicalCluster { get; set; }

    [Description("Topic in that cluster; a node must have seen it.")]
    public required string PhysicalTopic { get; set; }

    [Description("What it permits at most.")]
    public SharePermission Permission { get; set; }
}

[Description("Answer of createAlias.")]
public sealed record CreateAliasPayload(
    [property: Description("The alias.")] AliasView Alias,
    [property: Description("What was done.")] Change Change);

public sealed class RemoveAliasInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Its name.")]
    public required string Name { get; set; }
}

[Description("Answer of removeAlias.")]
public sealed record RemoveAliasPayload(
    [property: Description("The alias as it was.")] AliasView Alias,
    [property: Description("What was done.")] Change Change);

public sealed class RetargetAliasInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Its name.")]
    public required string Name { get; set; }

    [Description("Topic of the same physical cluster that it stands for from now on; a node must have seen it.")]
    public required string PhysicalTopic { get; set; }
}

[Description("Answer of retargetAlias.")]
public sealed record RetargetAliasPayload(
    [property: Description("The alias.")] AliasView Alias,
    [property: Description("What was done.")] Change Change);

public sealed class RenameAliasInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Its name.")]
    public required string Name { get; set; }

    [Description("Its name from now on; the former one takes the rename back.")]
    public required string NewName { get; set; }

    [Description("How long the name until now works on beside the new one; not at all if not given.")]
    public KeepFormerNameInput? KeepFormerName { get; set; }
}

[Description("Answer of renameAlias.")]
public sealed record RenameAliasPayload(
    [property: Description("The alias.")] AliasView Alias,
    [property: Description("What was done.")] Change Change);

public sealed class EndFormerNameInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("The alias's name of now.")]
    public required string Name { get; set; }
}

[Description("Answer of endFormerName.")]
public sealed record EndFormerNamePayload(
    [property: Description("The alias.")] AliasView Alias,
    [property: Description("What was done.")] Change Change);

public sealed class AliasMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Gives a topic a name in a virtual cluster.")]
    public static async Task<CreateAliasPayload?> CreateAlias([FromServices] Dispatch dispatch, IResolveFieldContext context, CreateAliasInput input)
    {
        var (thing, change, _) = await dispatch.Send<Alias>(context, input, ask => new CreateAlias(
            ask, Ids.New("alias"), input.VirtualCluster, input.Name, input.PhysicalCluster, input.PhysicalTopic, input.Permission));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Takes a name away; the topic itself is not touched.")]
    public static async Task<RemoveAliasPayload?> RemoveAlias([FromServices] Dispatch dispatch, IResolveFieldContext context, RemoveAliasInput input)
    {
        var (thing, change, _) = await dispatch.Send<Alias>(context, input, ask => new RemoveAlias(ask, input.VirtualCluster, input.Name));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Lets a name stand for another topic. Clients see it as if the topic had been made anew: readers begin where their settings say, offsets of groups stay with the topics they were made for.")]
    public static async Task<RetargetAliasPayload?> RetargetAlias([FromServices] Dispatch dispatch, IResolveFieldContext context, RetargetAliasInput input)
    {
        var (thing, change, _) = await dispatch.Send<Alias>(context, input, ask => new RetargetAlias(ask, input.VirtualCluster, input.Name, input.PhysicalTopic));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Gives a topic another name. What was committed by groups stays, and ACL bindings over exactly the old name hold for the new one, too. Of two names a client is answered under the one that it uses.")]
    public static async Task<RenameAliasPayload?> RenameAlias([FromServices] Dispatch dispatch, IResolveFieldContext context, RenameAliasInput input)
    {
        var (thing, change, _) = await dispatch.Send<Alias>(
            context, input, ask => new RenameAlias(ask, input.VirtualCluster, input.Name, input.NewName, input.KeepFormerName?.ToGrace()));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Ends an alias's former name; clients that still use it lose the topic.")]
    public static async Task<EndFormerNamePayload?> EndFormerName([FromServices] Dispatch dispatch, IResolveFieldContext context, EndFormerNameInput input)
    {
        var (thing, change, _) = await dispatch.Send<Alias>(context, input, ask => new EndFormerName(ask, input.VirtualCluster, input.Name));
        return new(new(thing), change);
    }
}
