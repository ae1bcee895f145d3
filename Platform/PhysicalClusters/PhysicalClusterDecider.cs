using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PhysicalClusters;

public sealed record RegisterPhysicalCluster(Ask Ask, string NewId, string Name) : Command(Ask);

/// <summary>Brokers that a node found; each that has no slot yet gets the next free one.</summary>
public sealed record AllocateSlots(Ask Ask, string PhysicalClusterId, IReadOnlyList<int> BrokerIds) : Command(Ask);

public static class PhysicalClusterDecider
{
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
