using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.AccessControl;

public enum AclResourceType
{
    Topic,
    Group,
    Cluster,
    TransactionalId,
}

public enum AclPatternType
{
    Literal,
    Prefixed,
}

public enum AclOperation
{
    All,
    Read,
    Write,
    Create,
    Delete,
    Alter,
    Describe,
    ClusterAction,
    DescribeConfigs,
    AlterConfigs,
    IdempotentWrite,
}

public enum AclPermission
{
    Allow,
    Deny,
}

/// <summary>Kafka's names are the enums' own, in capitals.</summary>
public static class AclNames
{
    public static string Of<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToUpperInvariant();

    public static T Parse<T>(string name) where T : struct, Enum => Enum.Parse<T>(name.Replace("_", "", StringComparison.Ordinal), true);
}

[GraphQLMetadata(Name = "AclBinding")]
[Description("A Kafka ACL binding, over the names that the cluster's clients use.")]
public sealed class AclBindingView(AclBinding binding)
{
    [Description("What kind of thing.")]
    public AclResourceType ResourceType => AclNames.Parse<AclResourceType>(binding.ResourceType);

    [Description("A name, a prefix, or '*' (LITERAL) for any.")]
    public string ResourceName => binding.ResourceName;

    [Description("How the name is meant.")]
    public AclPatternType PatternType => AclNames.Parse<AclPatternType>(binding.PatternType);

    [Description("Whom it is about: User:name or User:*.")]
    public string Principal => binding.Principal;

    [Description("An IP address, or '*'.")]
    public string Host => binding.Host;

    [Description("What it is about.")]
    public AclOperation Operation => AclNames.Parse<AclOperation>(binding.Operation);

    [Description("ALLOW or DENY.")]
    public AclPermission Permission => AclNames.Parse<AclPermission>(binding.Permission);
}

[GraphQLMetadata(Name = "AccessControl")]
[Description("All ACL bindings of one virtual cluster.")]
public sealed class AccessControlView(AccessControlList state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Name of the virtual cluster.")]
    public string VirtualCluster => state.VirtualCluster;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("The bindings, oldest first, up to the limit of a virtual cluster.")]
    public IReadOnlyList<AclBindingView> Bindings(int first = 500) => [.. state.Bindings.Take(Paging.Check(first)).Select(b => new AclBindingView(b))];

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

[Description("A Kafka ACL binding.")]
public sealed class AclBindingInput
{
    [Description("What kind of thing.")]
    public AclResourceType ResourceType { get; set; }

    [Description("A name, a prefix, or '*' (LITERAL) for any.")]
    public required string ResourceName { get; set; }

    [DefaultValue(AclPatternType.Literal)]
    [Description("How the name is meant.")]
    public AclPatternType PatternType { get; set; }

    [Description("Whom it is about: User:name or User:*.")]
    public required string Principal { get; set; }

    [DefaultValue("*")]
    [Description("An IP address, or '*'.")]
    public string Host { get; set; } = "*";

    [Description("What it is about.")]
    public AclOperation Operation { get; set; }

    [DefaultValue(AclPermission.Allow)]
    [Description("ALLOW or DENY.")]
    public AclPermission Permission { get; set; }

    internal AclBinding ToBinding() => new(
        AclNames.Of(ResourceType), ResourceName, AclNames.Of(PatternType), Principal, Host, AclNames.Of(Operation), AclNames.Of(Permission));
}

public sealed class GrantAccessInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Bindings to add.")]
    public required IReadOnlyList<AclBindingInput> Bindings { get; set; }
}

[Description("Answer of grantAccess.")]
public sealed record GrantAccessPayload(
    [property: Description("All bindings of the cluster.")] AccessControlView AccessControl,
    [property: Description("What was done.")] Change Change);

public sealed class RevokeAccessInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Bindings to take away.")]
    public required IReadOnlyList<AclBindingInput> Bindings { get; set; }
}

[Description("Answer of revokeAccess.")]
public sealed record RevokeAccessPayload(
    [property: Description("All bindings of the cluster.")] AccessControlView AccessControl,
    [property: Description("What was done.")] Change Change);

public sealed class AccessControlMutations
{
    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Adds ACL bindings; those that exist stay as they are.")]
    public static async Task<GrantAccessPayload?> GrantAccess([FromServices] Dispatch dispatch, IResolveFieldContext context, GrantAccessInput input)
    {
        var (thing, change, _) = await dispatch.Send<AccessControlList>(context, input, ask => new GrantAccess(
            ask, input.VirtualCluster, [.. input.Bindings.Select(b => b.ToBinding())]));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Takes ACL bindings away.")]
    public static async Task<RevokeAccessPayload?> RevokeAccess([FromServices] Dispatch dispatch, IResolveFieldContext context, RevokeAccessInput input)
    {
        var (thing, change, _) = await dispatch.Send<AccessControlList>(context, input, ask => new RevokeAccess(
            ask, input.VirtualCluster, [.. input.Bindings.Select(b => b.ToBinding())]));
        return new(new(thing), change);
    }
}
