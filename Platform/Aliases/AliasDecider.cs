using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Aliases;

/// <param name="PhysicalCluster">Null: the virtual cluster's own.</param>
public sealed record CreateAlias(
    Ask Ask, string NewId, string VirtualCluster, string Name, string? PhysicalCluster, string PhysicalTopic, SharePermission Permission)
    : Command(Ask);

public sealed record RemoveAlias(Ask Ask, string VirtualCluster, string Name) : Command(Ask);

/// <param name="PhysicalTopic">In the same physical cluster.</param>
public sealed record RetargetAlias(Ask Ask, string VirtualCluster, string Name, string PhysicalTopic) : Command(Ask);

/// <param name="Grace">How long the name until now works on; null: it ends at once.</param>
public sealed record RenameAlias(Ask Ask, string VirtualCluster, string Name, string To, Grace? Grace) : Command(Ask);

/// <param name="Name">The alias's name of now.</param>
public sealed record EndFormerName(Ask Ask, string VirtualCluster, string Name) : Command(Ask);

/// <summary>The platform's own, for every alias: its former name's time is over.</summary>
public sealed record ExpireFormerName(Ask Ask, string AliasId) : Command(Ask);

public static class AliasDecider
{
    /// <param name="topicKnown">Nodes have seen the topic in that physical cluster.</param>
    public static Decision Decide(
        CreateAlias command, VirtualCluster? virtualCluster, PhysicalCluster? physicalCluster, bool topicKnown, string? zoneId = null)
    {
        if ((Names.CheckTopic(command.Name, "name") ?? Names.CheckTopic(command.PhysicalTopic, "physicalTopic")) is { } bad)
        {
            return bad;
        }

        if (virtualCluster is null or { Removed: true })
        {
            return Refusal.NotFound("virtual cluster", command.VirtualCluster, "virtualCluster");
        }

        if (virtualCluster.Kind == VirtualClusterKind.Passthrough)
        {
            return Refusal.Invalid("virtualCluster", "no-alias-in-passthrough", "In passthrough topics have their physical names.");
        }

        if (virtualCluster.Kind == VirtualClusterKind.Standard && virtualCluster.Name.Length + 1 + command.Name.Length > Names.KafkaMaximum)
        {
            return Refusal.Invalid("name", "topic-name-length",
                $"With its prefix the name has more than {Names.KafkaMaximum} characters.");
        }

        if (physicalCluster is null)
        {
            return Refusal.NotFound("physical cluster", command.PhysicalCluster ?? virtualCluster.PhysicalCluster, "physicalCluster");
        }

        if (CheckNotOwn(virtualCluster.Kind == VirtualClusterKind.Standard && physicalCluster.Id == virtualCluster.PhysicalClusterId, virtualCluster.Name, command.PhysicalTopic) is { } own)
        {
            return own;
        }

        if (physicalCluster.Id != virtualCluster.PhysicalClusterId && command.Permission != SharePermission.Read)
        {
            return Refusal.Invalid("permission", "one-cluster-for-writes",
                "What a virtual cluster writes goes to its own physical cluster; topics of others can be shared with READ only.");
        }

        return topicKnown
            ? Decision.Accept(new AliasCreated(
                command.NewId, virtualCluster.Id, virtualCluster.Name, command.Name, physicalCluster.Id, physicalCluster.Name,
                command.PhysicalTopic, command.Permission, zoneId, virtualCluster.OrganizationId))
            : TopicUnknown(command.PhysicalTopic, physicalCluster.Name);
    }

    public static Decision Decide(RemoveAlias command, Alias? state) =>
        CheckOwn(command.Name, state) is { } refusal ? refusal : Decision.Accept(new AliasRemoved());

    /// <param name="virtualCluster">The alias's.</param>
    /// <param name="topicKnown">Nodes have seen the topic in that physical cluster.</param>
    public static Decision Decide(RetargetAlias command, VirtualCluster? virtualCluster, Alias? state, bool topicKnown)
    {
        if ((Names.CheckTopic(command.PhysicalTopic, "physicalTopic") ?? CheckOwn(command.Name, state)
            ?? CheckNotOwn(virtualCluster is { Kind: VirtualClusterKind.Standard } cluster && state!.PhysicalClusterId == cluster.PhysicalClusterId, command.VirtualCluster, command.PhysicalTopic)) is { } refusal)
        {
            return refusal;
        }

        return state!.PhysicalTopic == command.PhysicalTopic ? Decision.Nothing
            : topicKnown ? Decision.Accept(new AliasRetargeted(command.PhysicalTopic))
            : TopicUnknown(command.PhysicalTopic, state.PhysicalCluster);
    }

    public static Decision Decide(RenameAlias command, Alias? state)
    {
        if (CheckOwn(command.Name, state) is { } refusal)
        {
            return refusal;
        }

        return FormerName.CheckRename(state!.Former, command.To, command.Grace, command.Ask.At) is { } bad ? bad
            : state.Name == command.To ? Decision.Nothing
            : Decision.Accept(new AliasRenamed(command.To, FormerName.Of(state.Name, command.Ask.At, command.Grace)));
    }

    public static Decision Decide(EndFormerName command, Alias? state) =>
        CheckOwn(command.Name, state) is { } refusal ? refusal : EndFormer(state!);

    /// <summary>Nothing where it has none.</summary>
    public static Decision EndFormer(Alias state) => state is { Removed: false, Former: { } former } ? Decision.Accept(new FormerNameEnded(former.Name)) : Decision.Nothing;

    /// <summary>It is there, and not a zone's.</summary>
    private static Refusal? CheckOwn(string name, Alias? state) => state switch
    {
        null or { Removed: true } => Refusal.NotFound("alias", name, "name"),
        { PartnerZoneId: not null } => Refusal.InUse("The alias belongs to a partner zone; withdraw the topic from the zone."),
        _ => null,
    };

    /// <summary>The tenant's own topics have the names that it gave them: under a second one its clients would be answered by a name that they did not ask for.</summary>
    private static Refusal? CheckNotOwn(bool hasOwn, string virtualCluster, string topic) => hasOwn && topic.StartsWith($"{virtualCluster}.", StringComparison.Ordinal)
        ? Refusal.Invalid("physicalTopic", "no-alias-of-own-topic", $"The topic '{topic}' is the virtual cluster's own, and has its name there.")
        : null;

    private static Refusal TopicUnknown(string topic, string cluster) =>
        Refusal.Invalid("physicalTopic", "topic-exists", $"No node has seen a topic '{topic}' in '{cluster}'.") with { Retriable = true };
}
