using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PhysicalClusters;

public sealed record RegisterPhysicalCluster(Ask Ask, string NewId, string Name) : Command(Ask);

/// <summary>Brokers that a node found; each that has no slot yet gets the next free one.</summary>
public sealed record AllocateSlots(Ask Ask, string PhysicalClusterId, IReadOnlyList<int> BrokerIds) : Command(Ask);

/// <param name="Properties">Of Kafka's Java client, without secrets.</param>
/// <param name="Secrets">The secret ones, by name.</param>
/// <param name="Digest">Of the secrets, by a key: tells a repeated command from another with other secrets.</param>
public sealed record SetClusterConnection(
    Ask Ask, string Name, IReadOnlyDictionary<string, string> Properties, IReadOnlyDictionary<string, Secret> Secrets, string Digest) : Command(Ask);

public sealed record RemoveClusterConnection(Ask Ask, string Name) : Command(Ask);

public static class PhysicalClusterDecider
{
    public static Decision Decide(SetClusterConnection command, PhysicalCluster? state) =>
        state is null ? Refusal.NotFound("physical cluster", command.Name, "name")
        : ConnectionRules.Check(command.Name, command.Properties, command.Secrets) is { } bad ? bad
        : Decision.Accept(new ConnectionSet(state.Connections + 1, command.Properties, [.. command.Secrets.Keys.Order(StringComparer.Ordinal)]));

    public static Decision Decide(RemoveClusterConnection command, PhysicalCluster? state) => state switch
    {
        null => Refusal.NotFound("physical cluster", command.Name, "name"),
        { Connection: null } => Decision.Nothing,
        _ => Decision.Accept(new ConnectionRemoved()),
    };

    public static Decision Decide(RegisterPhysicalCluster command) =>
        Names.CheckAccount(command.Name) is { } bad ? bad : Decision.Accept(new PhysicalClusterRegistered(command.NewId, command.Name));

    /// <param name="nextSlot">The lowest slot that no broker of any cluster ever had.</param>
    public static Decision Decide(AllocateSlots command, PhysicalCluster cluster, int nextSlot)
    {
        var known = cluster.Slots.Select(s => s.BrokerId).ToHashSet();
        return Decision.Accept([.. command.BrokerIds.Where(id => id >= 0 && !known.Contains(id)).Distinct().Order()
            .Select((id, i) => new SlotAllocated(id, nextSlot + i))]);
    }
}
