using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>The physical clusters that this node is configured for.</summary>
public sealed class ClusterDirectory(IEnumerable<ClusterWatcher> watchers)
{
    private readonly Dictionary<string, ClusterWatcher> _watchers = watchers.ToDictionary(w => w.State.Name, StringComparer.Ordinal);

    public IEnumerable<ClusterWatcher> All => _watchers.Values;

    public ClusterWatcher? Find(string name) => _watchers.GetValueOrDefault(name);

    public Broker? Find(PhysicalBroker broker) => Find(broker.Cluster)?.State.Brokers.GetValueOrDefault(broker.BrokerId);
}
