using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.PartnerZones;

[Description("A topic to share.")]
public sealed class SharedTopicInput
{
    [Description("Name that the partner's clients see.")]
    public required string Name { get; set; }

    [Description("Topic in the physical cluster; if no node has seen it yet, the zone waits for it.")]
    public required string PhysicalTopic { get; set; }

    [Description("What the partner may do at most.")]
    public SharePermission Permission { get; set; }

    internal TopicToShare ToTopic() => new(Ids.New("alias"), Name, PhysicalTopic, Permission);
}

public sealed class CreatePartnerZoneInput : MutationInput
{
    [Description("Unique name: 1 to 63 of a-z, 0-9 and '-'.")]
    public required string Name { get; set; }

    [Description("Name of the partner organisation.")]
    public required string Organization { get; set; }

    [DefaultValue("main")]
    [Description("Name of the physical cluster that the topics are in.")]
    public string PhysicalCluster { get; set; } = "main";

    [Description("Name of the virtual cluster; the zone's name if not given.")]
    public string? VirtualCluster { get; set; }

    [Description("Name of the account that manages the partner's ACLs; <zone>-admin if not given. It has no token until one is issued.")]
    public string? SuperUser { get; set; }

    [Description("What is shared.")]
    public IReadOnlyList<SharedTopicInput>? Topics { get; set; }

    [Description("Names of accounts for the partner's applications.")]
    public IReadOnlyList<string>? ServiceAccounts { get; set; }
}

[Description("Answer of createPartnerZone.")]
public sealed record CreatePartnerZonePayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class ShareTopicInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }

    [Description("Name that the partner's clients see.")]
    public required string Name { get; set; }

    [Description("Topic in the physical cluster; if no node has seen it yet, the zone waits for it.")]
    public required string PhysicalTopic { get; set; }

    [Description("What the partner may do at most.")]
    public SharePermission Permission { get; set; }
}

[Description("Answer of shareTopic.")]
public sealed record ShareTopicPayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class WithdrawTopicInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }

    [Description("Name that the partner's clients see.")]
    public required string Name { get; set; }
}

[Description("Answer of withdrawTopic.")]
public sealed record WithdrawTopicPayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class RenameSharedTopicInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }

    [Description("Name that the partner's clients see.")]
    public required string Name { get; set; }

    [Description("Name that they see from now on; the former one takes the rename back.")]
    public required string NewName { get; set; }

    [Description("How long the name until now works on beside the new one; not at all if not given.")]
    public KeepFormerNameInput? KeepFormerName { get; set; }
}

[Description("Answer of renameSharedTopic.")]
public sealed record RenameSharedTopicPayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class EndSharedTopicFormerNameInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }

    [Description("The topic's name of now.")]
    public required string Name { get; set; }
}

[Description("Answer of endSharedTopicFormerName.")]
public sealed record EndSharedTopicFormerNamePayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class SuspendPartnerZoneInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }
}

[Description("Answer of suspendPartnerZone.")]
public sealed record SuspendPartnerZonePayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class ResumePartnerZoneInput : MutationInput
{
    [Description("Name of the zone.")]
    public required string Zone { get; set; }
}

[Description("Answer of resumePartnerZone.")]
public sealed record ResumePartnerZonePayload(
    [property: Description("The zone.")] PartnerZoneView PartnerZone,
    [property: Description("What was done.")] Change Change);

public sealed class PartnerZoneMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Creates a zone whole: virtual cluster, accounts, ACLs and shared topics, or says what is missing.")]
    public static async Task<CreatePartnerZonePayload?> CreatePartnerZone([FromServices] Dispatch dispatch, IResolveFieldContext context, CreatePartnerZoneInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new CreatePartnerZone(
            ask, Ids.New("zone"), Ids.New("vcluster"), Ids.New("acl"), Ids.New("account"), input.Name, input.Organization, input.PhysicalCluster,
            input.VirtualCluster, input.SuperUser, [.. (input.Topics ?? []).Select(t => t.ToTopic())],
            [.. (input.ServiceAccounts ?? []).Select(a => new AccountToCreate(Ids.New("account"), a))]));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Shares one more topic.")]
    public static async Task<ShareTopicPayload?> ShareTopic([FromServices] Dispatch dispatch, IResolveFieldContext context, ShareTopicInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new ShareTopic(
            ask, input.Zone, new TopicToShare(Ids.New("alias"), input.Name, input.PhysicalTopic, input.Permission)));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Ends the sharing of a topic; running consumers stop getting it.")]
    public static async Task<WithdrawTopicPayload?> WithdrawTopic([FromServices] Dispatch dispatch, IResolveFieldContext context, WithdrawTopicInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new WithdrawTopic(ask, input.Zone, input.Name));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Gives a shared topic another name. What was committed by groups stays, and ACL bindings over exactly the old name hold for the new one, too. Of two names a client is answered under the one that it uses.")]
    public static async Task<RenameSharedTopicPayload?> RenameSharedTopic([FromServices] Dispatch dispatch, IResolveFieldContext context, RenameSharedTopicInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(
            context, input, ask => new RenameSharedTopic(ask, input.Zone, input.Name, input.NewName, input.KeepFormerName?.ToGrace()));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Ends a shared topic's former name; clients that still use it lose the topic.")]
    public static async Task<EndSharedTopicFormerNamePayload?> EndSharedTopicFormerName(
        [FromServices] Dispatch dispatch, IResolveFieldContext context, EndSharedTopicFormerNameInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new EndSharedTopicFormerName(ask, input.Zone, input.Name));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Ends all of the partner's sessions until the zone is resumed.")]
    public static async Task<SuspendPartnerZonePayload?> SuspendPartnerZone([FromServices] Dispatch dispatch, IResolveFieldContext context, SuspendPartnerZoneInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new SuspendPartnerZone(ask, input.Zone));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Lets the partner in again.")]
    public static async Task<ResumePartnerZonePayload?> ResumePartnerZone([FromServices] Dispatch dispatch, IResolveFieldContext context, ResumePartnerZoneInput input)
    {
        var (thing, change, _) = await dispatch.Send<PartnerZone>(context, input, ask => new ResumePartnerZone(ask, input.Zone));
        return new(new(thing), change);
    }
}
