using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>The physical clusters that this node connects to: those of its own configuration, and those that the control plane says how to reach.</summary>
public sealed class ClusterDirectory
{
    private readonly ImmutableHashSet<string> _configured;
    private readonly Lock _changing = new();
    private volatile ImmutableDictionary<string, ClusterWatcher> _watchers = ImmutableDictionary<string, ClusterWatcher>.Empty;

    /// <summary>The same, to be gone through with every request.</summary>
    private volatile ClusterWatcher[] _all = [];

    /// <param name="configured">Of its own configuration, which nothing takes the place of.</param>
    public ClusterDirectory(IReadOnlyList<ClusterWatcher> configured)
    {
        _configured = configured.Select(w => w.State.Name).ToImmutableHashSet(StringComparer.Ordinal);
        foreach (var watcher in configured)
        {
            Put(watcher);
        }
    }

    /// <summary>Raised when brokers or topics of a cluster differ from what was known.</summary>
    public event Action<ClusterState>? Changed;

    public ImmutableArray<ClusterWatcher> All => ImmutableCollectionsMarshal.AsImmutableArray(_all);

    public ClusterWatcher? Find(string name) => _watchers.GetValueOrDefault(name);

    public Broker? Find(PhysicalBroker broker) => Find(broker.Cluster)?.State.Brokers.GetValueOrDefault(broker.BrokerId);

    /// <summary>A broker is listed, and nothing says that it cannot be reached.</summary>
    public bool IsThere(PhysicalBroker broker) => Find(broker.Cluster) is { } watcher && watcher.State.Brokers.ContainsKey(broker.BrokerId) && !watcher.IsDoubted(broker.BrokerId);

    public bool IsConfigured(string name) => _configured.Contains(name);

    /// <summary>A cluster is watched by this one from now on.</summary>
    /// <returns>Who watched it until now.</returns>
    public ClusterWatcher? Put(ClusterWatcher watcher)
    {
        watcher.Changed += state => Changed?.Invoke(state);
        lock (_changing)
        {
            var before = Find(watcher.State.Name);
            Become(_watchers.SetItem(watcher.State.Name, watcher));
            return before;
        }
    }

    /// <returns>Who watched it until now.</returns>
    public ClusterWatcher? Remove(string name)
    {
        lock (_changing)
        {
            var before = Find(name);
            Become(_watchers.Remove(name));
            return before;
        }
    }

    private void Become(ImmutableDictionary<string, ClusterWatcher> watchers) => (_watchers, _all) = (watchers, [.. watchers.Values]);
}
