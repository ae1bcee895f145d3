using System.Collections.Frozen;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Model;

/// <summary>A broker of a physical cluster, by the broker's own id.</summary>
public readonly record struct PhysicalBroker(string Cluster, int BrokerId);

/// <summary>Node id that clients see: the slot of a (cluster, broker) pair.</summary>
public readonly record struct VirtualNodeId(int Value);

/// <summary>Virtual node ids and the brokers behind them, as decided by the control plane.</summary>
public sealed class SlotMap
{
    public static readonly SlotMap Empty = new([]);

    private readonly FrozenDictionary<PhysicalBroker, int> _slots;
    private readonly FrozenDictionary<int, PhysicalBroker> _brokers;

    public SlotMap(IEnumerable<PhysicalClusterDocument> clusters)
    {
        var pairs = clusters.SelectMany(c => c.Slots.Select(s => (Broker: new PhysicalBroker(c.Name, s.BrokerId), s.Slot))).ToList();
        _slots = pairs.ToFrozenDictionary(p => p.Broker, p => p.Slot);
        _brokers = pairs.ToFrozenDictionary(p => p.Slot, p => p.Broker);
    }

    public VirtualNodeId? Find(PhysicalBroker broker) => _slots.TryGetValue(broker, out var slot) ? new VirtualNodeId(slot) : null;

    public PhysicalBroker? Find(int slot) => _brokers.TryGetValue(slot, out var broker) ? broker : null;
}
