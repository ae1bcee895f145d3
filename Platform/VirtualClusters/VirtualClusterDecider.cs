using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.PhysicalClusters;

namespace PartnerPlatform.Platform.VirtualClusters;

public sealed record CreateVirtualCluster(
    Ask Ask, string NewId, string NewAccessControlId, string Name, VirtualClusterKind Kind, string PhysicalCluster, bool AclEnabled,
    IReadOnlyList<string> SuperUsers, string? Organization) : Command(Ask);

public sealed record RemoveVirtualCluster(Ask Ask, string Name) : Command(Ask);

public sealed record SuspendVirtualCluster(Ask Ask, string Name) : Command(Ask);

public sealed record ResumeVirtualCluster(Ask Ask, string Name) : Command(Ask);

public static class VirtualClusterDecider
{
    public const int MaximumSuperUsers = 100;

    private const string MainCluster = "main";

    /// <param name="topicUnderPrefix">A topic of the physical cluster that already has the prefix, or null.</param>
    public static Decision Decide(
        CreateVirtualCluster command, PhysicalCluster? cluster, Organization? organization, string? topicUnderPrefix)
    {
        if (Names.CheckSlug(command.Name) is { } bad)
        {
            return bad;
        }

        if (command.SuperUsers.Count > MaximumSuperUsers)
        {
            return new Refusal(Codes.LimitReached, $"A virtual cluster has at most {MaximumSuperUsers} super users.", "superUsers", "super-users");
        }

        if (command.SuperUsers.Select(s => Names.CheckAccount(s, "superUsers")).FirstOrDefault(r => r is not null) is { } badUser)
        {
            return badUser;
        }

        if (command.Kind == VirtualClusterKind.Passthrough && CheckPassthrough(command) is { } refusal)
        {
            return refusal;
        }

        if (command.Kind == VirtualClusterKind.Partner && !command.AclEnabled)
        {
            return Refusal.Invalid("aclEnabled", "partner-acls", "ACLs are always on in a partner cluster.");
        }

        if (command.Kind == VirtualClusterKind.Partner && command.SuperUsers.Count == 0)
        {
            return Refusal.Invalid("superUsers", "partner-super-user", "A partner cluster has at least one super user.");
        }

        if (cluster is null)
        {
            return Refusal.NotFound("physical cluster", command.PhysicalCluster, "physicalCluster");
        }

        if (command.Organization is { } name && organization is null)
        {
            return Refusal.NotFound("organisation", name, "organization");
        }

        if (topicUnderPrefix is not null && command.Kind != VirtualClusterKind.Passthrough)
        {
            return Refusal.Invalid("name", "prefix-unused",
                $"The physical cluster already holds topics whose names begin with '{command.Name}.' or '{command.Name}_'.");
        }

        return Decision.Accept(new VirtualClusterCreated(
            command.NewId, command.Name, command.Kind, cluster.Id, cluster.Name, command.AclEnabled,
            [.. command.SuperUsers.Distinct(StringComparer.Ordinal)], organization?.Id));
    }

    /// <summary>Its accounts have the rights of the gateway itself on the main cluster: nothing here narrows them, and no partner manages them.</summary>
    private static Refusal? CheckPassthrough(CreateVirtualCluster command) =>
        command.PhysicalCluster != MainCluster ? Refusal.Invalid("physicalCluster", "passthrough-main", "Passthrough leads to the main cluster.")
        : command.AclEnabled ? Refusal.Invalid("aclEnabled", "passthrough-acls", "In passthrough the physical cluster's own rights hold; there are no others.")
        : command.SuperUsers.Count > 0 ? Refusal.Invalid("superUsers", "passthrough-super-users", "Passthrough has no ACLs, so it has no super users.")
        : command.Organization is not null ? Refusal.Invalid("organization", "passthrough-organization", "Passthrough belongs to no organisation.")
        : null;

    public static Decision Decide(RemoveVirtualCluster command, VirtualCluster? state) =>
        state is null or { Removed: true } ? NotFound(command.Name) : Decision.Accept(new VirtualClusterRemoved());

    public static Decision Decide(SuspendVirtualCluster command, VirtualCluster? state) => state switch
    {
        null or { Removed: true } => NotFound(command.Name),
        { Suspended: true } => Decision.Nothing,
        _ => Decision.Accept(new VirtualClusterSuspended()),
    };

    public static Decision Decide(ResumeVirtualCluster command, VirtualCluster? state) => state switch
    {
        null or { Removed: true } => NotFound(command.Name),
        { Suspended: false } => Decision.Nothing,
        _ => Decision.Accept(new VirtualClusterResumed()),
    };

    private static Refusal NotFound(string name) => Refusal.NotFound("virtual cluster", name, "virtualCluster");
}
