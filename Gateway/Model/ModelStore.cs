using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Model;

/// <summary>
/// Documents as received, and the models made of them. One writer (the feed), many readers without locks. A change rebuilds the one
/// virtual cluster that it touches.
/// </summary>
public sealed class ModelStore
{
    private readonly Dictionary<string, FeedEntry> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _keysByVirtualCluster = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, VirtualClusterHandle> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, VirtualClusterHandle> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string? Issuer, string Subject), LinkedAccount> _byIdentity = new();
    private readonly Lock _writing = new();
    private long _number;
    private volatile SlotMap _slots = SlotMap.Empty;
    private ImmutableArray<NodeDocument> _nodes = [];
    private ImmutableArray<PhysicalClusterDocument> _physicalClusters = [];

    /// <summary>Raised after a virtual cluster's model was swapped, in the writer's thread; with what it was before.</summary>
    public event Action<VirtualClusterHandle, VirtualCluster?>? VirtualClusterChanged;

    /// <summary>Raised after physical clusters or nodes changed, in the writer's thread.</summary>
    public event Action? SharedChanged;

    /// <summary>How many messages were taken in; the feed's reader compares it, so that none is lost unseen.</summary>
    public long Applied { get; private set; }

    public SlotMap Slots => _slots;

    /// <summary>All registered nodes, by name.</summary>
    public ImmutableArray<NodeDocument> Nodes => _nodes;

    public ImmutableArray<PhysicalClusterDocument> PhysicalClusters => _physicalClusters;

    public VirtualClusterHandle? Find(string virtualClusterName) => _byName.GetValueOrDefault(virtualClusterName);

    /// <summary>The account that an OAuth identity is linked to.</summary>
    /// <param name="issuer">Null: the platform's own Identity.</param>
    public LinkedAccount? Find(string? issuer, string subject) => _byIdentity.TryGetValue((issuer, subject), out var account) ? account : null;

    public IEnumerable<VirtualClusterHandle> VirtualClusters => _byId.Values;

    /// <summary>All documents, for the state file.</summary>
    public IReadOnlyList<FeedEntry> Documents()
    {
        lock (_writing)
        {
            return [.. _documents.Values];
        }
    }

    /// <summary>True: there are documents, and what is given holds none of them, in whatever version. Ids are never given twice, so it is of another installation.</summary>
    public bool SharesNothingWith(IEnumerable<FeedEntry> entries)
    {
        lock (_writing)
        {
            return _documents.Count > 0 && !entries.Any(e => _documents.ContainsKey(e.Key));
        }
    }

    /// <summary>Applies one entry; a repeat changes nothing, nor does an entry that cannot be read.</summary>
    /// <exception cref="JsonException">The content is not what its kind says.</exception>
    /// <exception cref="FormatException">The content names something that Kafka does not know.</exception>
    public void Apply(FeedEntry entry)
    {
        lock (_writing)
        {
            if (entry.Number <= _number)
            {
                // A repeat: the feed is in order, so all up to this number is in.
                Applied++;
                return;
            }

            _documents.TryGetValue(entry.Key, out var before);
            try
            {
                RebuildAll(Record(entry));
                _number = entry.Number;
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                _documents.Remove(entry.Key);
                RebuildAll(before is null ? Forget(entry.Key) : Record(before));
                throw;
            }

            Applied++;
        }
    }

    /// <summary>Replaces everything, or nothing when an entry cannot be read.</summary>
    /// <exception cref="JsonException">The content of an entry is not what its kind says.</exception>
    /// <exception cref="FormatException">The content of an entry names something that Kafka does not know.</exception>
    public void Replace(IReadOnlyList<FeedEntry> entries)
    {
        lock (_writing)
        {
            var before = _documents.Values.ToList();
            try
            {
                ReplaceAll(entries);
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                ReplaceAll(before);
                throw;
            }

            Applied++;
        }
    }

    private void ReplaceAll(IReadOnlyList<FeedEntry> entries)
    {
        var touched = new HashSet<string>(_byId.Keys, StringComparer.Ordinal);
        _documents.Clear();
        _keysByVirtualCluster.Clear();
        foreach (var entry in entries)
        {
            touched.UnionWith(Record(entry));
        }

        RebuildShared();
        RebuildAll(touched);
        _number = entries.Count == 0 ? 0 : entries.Max(e => e.Number);
    }

    private void RebuildAll(IEnumerable<string> virtualClusterIds)
    {
        foreach (var id in virtualClusterIds)
        {
            Rebuild(id);
        }
    }

    /// <summary>Takes a key out of the index; returns the virtual clusters that it was filed under.</summary>
    private List<string> Forget(string key) => [.. _keysByVirtualCluster.Where(k => k.Value.Remove(key)).Select(k => k.Key)];

    private HashSet<string> Record(FeedEntry entry)
    {
        var (kind, id) = FeedKinds.Split(entry.Key);
        _documents.TryGetValue(entry.Key, out var before);
        var touched = new HashSet<string>(StringComparer.Ordinal);
        if (before is not null && OwnerOf(kind, id, before) is { } oldOwner)
        {
            touched.Add(oldOwner);
            _keysByVirtualCluster.GetValueOrDefault(oldOwner)?.Remove(entry.Key);
        }

        if (entry.Content is null)
        {
            _documents.Remove(entry.Key);
        }
        else
        {
            _documents[entry.Key] = entry;
            if (OwnerOf(kind, id, entry) is { } owner)
            {
                touched.Add(owner);
                if (!_keysByVirtualCluster.TryGetValue(owner, out var keys))
                {
                    _keysByVirtualCluster[owner] = keys = new HashSet<string>(StringComparer.Ordinal);
                }

                keys.Add(entry.Key);
            }
        }

        if (kind is FeedKinds.PhysicalCluster or FeedKinds.Node)
        {
            RebuildShared();
        }

        return touched;
    }

    private static string? OwnerOf(string kind, string id, FeedEntry entry) => kind switch
    {
        FeedKinds.VirtualCluster or FeedKinds.AccessControl => id,
        FeedKinds.Alias => Read<AliasDocument>(entry).VirtualClusterId,
        FeedKinds.ServiceAccount => Read<ServiceAccountDocument>(entry).VirtualClusterId,
        _ => null,
    };

    private void RebuildShared()
    {
        _physicalClusters = [.. OfKind<PhysicalClusterDocument>(FeedKinds.PhysicalCluster)];
        _slots = new SlotMap(_physicalClusters);
        _nodes = [.. OfKind<NodeDocument>(FeedKinds.Node).OrderBy(n => n.Name, StringComparer.Ordinal)];
        SharedChanged?.Invoke();
    }

    private void Rebuild(string id)
    {
        var keys = _keysByVirtualCluster.GetValueOrDefault(id) ?? [];
        var handle = _byId.GetOrAdd(id, i => new VirtualClusterHandle(i));
        var before = handle.Current;
        handle.Current = _documents.TryGetValue(FeedKinds.Key(FeedKinds.VirtualCluster, id), out var entry)
            ? new VirtualCluster(
                Read<VirtualClusterDocument>(entry),
                Owned<AliasDocument>(keys, FeedKinds.Alias),
                Owned<ServiceAccountDocument>(keys, FeedKinds.ServiceAccount),
                Owned<AccessControlDocument>(keys, FeedKinds.AccessControl).FirstOrDefault(),
                before)
            : null;
        if (before is not null && before.Name != handle.Current?.Name)
        {
            _byName.TryRemove(before.Name, out _);
        }

        if (handle.Current is { } now)
        {
            _byName[now.Name] = handle;
        }

        Link(handle, before);
        VirtualClusterChanged?.Invoke(handle, before);
    }

    private void Link(VirtualClusterHandle handle, VirtualCluster? before)
    {
        var now = Identities(handle, handle.Current);
        foreach (var (identity, account) in Identities(handle, before))
        {
            if (!now.ContainsKey(identity))
            {
                _byIdentity.TryRemove(KeyValuePair.Create(identity, account));
            }
        }

        foreach (var (identity, account) in now)
        {
            _byIdentity[identity] = account;
        }
    }

    private static Dictionary<(string? Issuer, string Subject), LinkedAccount> Identities(VirtualClusterHandle handle, VirtualCluster? cluster) =>
        (cluster?.Accounts.Values ?? []).SelectMany(a => (a.Identities ?? []).Select(i => KeyValuePair.Create((i.Issuer, i.Subject), new LinkedAccount(handle, a.Name))))
            .DistinctBy(p => p.Key).ToDictionary();

    private IEnumerable<T> Owned<T>(HashSet<string> keys, string kind) =>
        keys.Where(k => k.StartsWith(kind + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(k => Read<T>(_documents[k]));

    private List<T> OfKind<T>(string kind) =>
        _documents.Where(d => d.Key.StartsWith(kind + "/", StringComparison.Ordinal)).Select(d => Read<T>(d.Value)).ToList();

    private static T Read<T>(FeedEntry entry) =>
        entry.Content!.Value.Deserialize<T>(ContractJson.Options) ?? throw new JsonException($"Feed document '{entry.Key}' is null.");
}
