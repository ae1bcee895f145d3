using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Routing;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>A topic as a tenant may know it.</summary>
/// <param name="Name">Name that clients use.</param>
/// <param name="PhysicalName">Name in the physical cluster.</param>
/// <param name="Permission">What a share permits at most; null for the tenant's own topics.</param>
/// <param name="MarksProducers">See <see cref="Alias.MarksProducers"/>.</param>
public sealed record TenantTopic(string Name, byte[] NameUtf8, string PhysicalName, byte[] PhysicalNameUtf8, SharePermission? Permission, bool MarksProducers = false)
{
    /// <summary>Whether the share leaves room for an operation.</summary>
    public bool Permits(Operation operation) => Permission switch
    {
        null => true,
        _ when operation is Operation.Describe or Operation.DescribeConfigs => true,
        SharePermission.Read => operation == Operation.Read,
        SharePermission.Write => operation == Operation.Write,
        _ => operation is Operation.Read or Operation.Write,
    };
}

/// <summary>
/// A virtual cluster over the content of its physical cluster at one moment: names and topic ids, both ways. Ids shown to clients are
/// a keyed hash of (virtual cluster, shown name, physical id), so that a guessed or foreign id resolves to nothing.
/// </summary>
public sealed class TenantView
{
    /// <summary>Longest name that a broker takes, prefix included.</summary>
    public const int MaximumTopicName = 249;

    /// <summary>A dot and 16 bytes in hexadecimal.</summary>
    private const int UnsharedLength = 33;

    /// <summary>Deleted topics whose ids are remembered.</summary>
    private const int MaximumDeparted = 1000;

    private readonly byte[] _topicIdKey;
    private readonly Lazy<FrozenDictionary<Guid, (TenantTopic Topic, Guid PhysicalId)>> _byVirtualId;
    private readonly Lazy<FrozenDictionary<Guid, (TenantTopic Topic, Guid VirtualId)>> _byPhysicalId;
    private readonly IReadOnlyList<(TenantTopic Topic, Guid Id)> _departed;
    private readonly ConcurrentDictionary<Alias, TenantTopic> _aliased = [];
    private readonly ConcurrentDictionary<byte[], TenantTopic> _own = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], TenantTopic>.AlternateLookup<ReadOnlySpan<byte>> _ownLookup;
    private readonly CalledNames? _names;

    /// <param name="before">
    /// The one that this takes the place of: ids of topics that are gone from the cluster since, and whose names mean what they meant, still stand for them. Clients hold such ids for a
    /// while, also inside of fetch sessions, and a broker tells best what became of them.
    /// </param>
    public TenantView(VirtualCluster cluster, ClusterState state, byte[] topicIdKey, TenantView? before = null)
    {
        Cluster = cluster;
        State = state;
        _topicIdKey = topicIdKey;
        _ownLookup = _own.GetAlternateLookup<ReadOnlySpan<byte>>();
        _departed = before is null ? [] : Departed(before);
        _byPhysicalId = new(() => Topics().Select(t => (Topic: t, State.Topics.GetValueOrDefault(t.PhysicalName)?.Id))
            .Where(t => t.Id is { } id && id != Guid.Empty)

            // Of several names of one topic the same one is shown that names are mapped back to.
            .GroupBy(t => t.Id)
            .Select(g => g.FirstOrDefault(t => FindPhysical(t.Topic.PhysicalNameUtf8)?.Name == t.Topic.Name, g.First()))
            .Select(t => (t.Topic, Id: t.Id!.Value)).Concat(_departed)
            .ToFrozenDictionary(t => t.Id, t => (t.Topic, VirtualId(t.Topic, t.Id))));
        _byVirtualId = new(() => _byPhysicalId.Value.Select(p => KeyValuePair.Create(p.Value.VirtualId, (p.Value.Topic, p.Key)))
            .Concat(Former().Select(f => KeyValuePair.Create(VirtualId(f.Topic, f.Id), (f.Topic, f.Id)))).ToFrozenDictionary());
        Shared = this;
    }

    private TenantView(TenantView shared, CalledNames names)
    {
        (Cluster, State, Shared, _names) = (shared.Cluster, shared.State, shared, names);
        (_topicIdKey, _byVirtualId, _byPhysicalId, _departed, _aliased, _own, _ownLookup) =
            (shared._topicIdKey, shared._byVirtualId, shared._byPhysicalId, shared._departed, shared._aliased, shared._own, shared._ownLookup);
    }

    public VirtualCluster Cluster { get; }

    public ClusterState State { get; }

    /// <summary>The one that all connections have in common.</summary>
    public TenantView Shared { get; }

    /// <summary>How a request calls what has two names; null: nothing had when it came.</summary>
    public CalledNames? Names => _names;

    private bool IsStandard => Cluster.Kind == VirtualClusterKind.Standard;

    /// <summary>The cluster id that clients see.</summary>
    public string VirtualClusterId => VirtualClusterIds.Of(_topicIdKey, Cluster.Id);

    /// <summary>The same tenant, for a request that calls topics by names.</summary>
    public TenantView With(CalledNames names) => new(Shared, names);

    /// <summary>All topics of the tenant that exist, each under one name.</summary>
    public IEnumerable<TenantTopic> Topics()
    {
        var aliases = Cluster.Aliases.Values.Where(a => !a.IsFormer && State.Topics.ContainsKey(a.PhysicalTopic)).Select(a => Of(_names?.Choose(a) ?? a));
        return IsStandard
            ? aliases.Concat(State.WithPrefix(Cluster.Prefix).Where(t => t.Name.Length > Cluster.Prefix.Length).Select(t => Own(Encoding.UTF8.GetBytes(t.Name[Cluster.Prefix.Length..]))!))
                .DistinctBy(t => t.Name)
            : aliases;
    }

    /// <summary>The topic that a client means; null: there is none, and in a partner cluster there cannot be.</summary>
    public TenantTopic? Find(ReadOnlySpan<byte> name) =>
        Cluster.Aliases.Find(name) is not { } alias ? IsStandard ? Own(name) : null
        : _names?.Call(alias) ?? true ? Of(alias)
        : null;

    /// <summary>The tenant's name for a physical topic; null: it is not the tenant's.</summary>
    public TenantTopic? FindPhysical(ReadOnlySpan<byte> physicalName) =>
        Cluster.AliasesByTopic.Find(physicalName) is { } alias ? Of(_names?.Choose(alias) ?? alias)
        : IsStandard && physicalName.StartsWith(Cluster.PrefixUtf8) ? Own(physicalName[Cluster.PrefixUtf8.Length..])
        : null;

    /// <summary>
    /// What a name inside group membership stands for at the broker. A name that is no topic yet lies in the tenant's own
    /// namespace, so that a subscription to it means nothing to others; in a partner cluster, whose namespace operators may fill, under a name that nobody can guess.
    /// </summary>
    public byte[] MembershipName(ReadOnlySpan<byte> name) => Find(name)?.PhysicalNameUtf8 ?? [.. Cluster.PrefixUtf8, .. name, .. IsStandard ? [] : Unshared(name)];

    /// <summary>The way back; what was the tenant's when a member joined and is no longer, is shown under a name that no topic has.</summary>
    public byte[] MembershipNameBack(ReadOnlySpan<byte> physicalName) =>
        FindPhysical(physicalName)?.NameUtf8
        ?? (IsStandard && physicalName.StartsWith(Cluster.PrefixUtf8) ? physicalName[Cluster.PrefixUtf8.Length..].ToArray() : null)
        ?? UnsharedNameBack(physicalName) ?? "~withdrawn"u8.ToArray();

    /// <summary>What a partner calls something that is not shared with it, and was told to the broker under a name that cannot exist; null: it is no such name.</summary>
    public byte[]? UnsharedNameBack(ReadOnlySpan<byte> physicalName)
    {
        if (IsStandard || !physicalName.StartsWith(Cluster.PrefixUtf8) || physicalName.Length - Cluster.PrefixUtf8.Length <= UnsharedLength)
        {
            return null;
        }

        var name = physicalName[Cluster.PrefixUtf8.Length..^UnsharedLength];
        return physicalName[^UnsharedLength..].SequenceEqual(Unshared(name)) ? name.ToArray() : null;
    }

    /// <summary>What follows a name that stands for nothing.</summary>
    private byte[] Unshared(ReadOnlySpan<byte> name) => Encoding.ASCII.GetBytes("." + Convert.ToHexStringLower(Derive("\0unshared", Convert.ToHexString(name))));

    /// <summary>The topic behind an id that a client gave.</summary>
    public (TenantTopic Topic, Guid PhysicalId)? FindId(Guid virtualId) =>
        _byVirtualId.Value.TryGetValue(virtualId, out var found) && (_names is null || Cluster.Aliases.Find(found.Topic.NameUtf8) is not { } alias || _names.Call(alias)) ? found : null;

    /// <summary>The tenant's topic with a physical id.</summary>
    public (TenantTopic Topic, Guid VirtualId)? FindPhysicalId(Guid physicalId)
    {
        if (!_byPhysicalId.Value.TryGetValue(physicalId, out var found))
        {
            return null;
        }

        if (_names is not null && Cluster.Aliases.Find(found.Topic.NameUtf8) is { } alias && _names.Choose(alias) is var chosen && chosen != alias)
        {
            var topic = Of(chosen);
            return (topic, VirtualId(topic, physicalId));
        }

        return found;
    }

    /// <summary>The other name of a topic that has two.</summary>
    public TenantTopic? Twin(ReadOnlySpan<byte> name) => Cluster.Aliases.Find(name)?.Twin is { } twin ? Of(twin) : null;

    /// <summary>The id shown to clients; a topic without an id has none.</summary>
    public Guid VirtualId(TenantTopic topic, Guid physicalId) =>
        physicalId == Guid.Empty ? Guid.Empty : new Guid(Derive(topic.Name, physicalId.ToString("N")), bigEndian: true);

    /// <summary>An id that stands for a topic which is not the tenant's: resolves to nothing.</summary>
    public Guid StrangerId(Guid physicalId) => new(Derive("\0stranger", physicalId.ToString("N")), bigEndian: true);

    /// <summary>Topics under the names that they had before.</summary>
    private IEnumerable<(TenantTopic Topic, Guid Id)> Former() =>
        _byPhysicalId.Value.Select(p => (Twin: Cluster.Aliases.Find(p.Value.Topic.NameUtf8)?.Twin, Id: p.Key)).Where(t => t.Twin is not null).Select(t => (Of(t.Twin!), t.Id));

    private List<(TenantTopic Topic, Guid Id)> Departed(TenantView before)
    {
        var known = before._byPhysicalId.IsValueCreated ? before._byPhysicalId.Value.Select(p => (p.Value.Topic, Id: p.Key)) : before._departed;
        var departed = new List<(TenantTopic Topic, Guid Id)>();
        foreach (var (then, id) in known)
        {
            if (State.Topics.GetValueOrDefault(then.PhysicalName)?.Id != id && Find(then.NameUtf8) is { } now && now.PhysicalName == then.PhysicalName && departed.Count < MaximumDeparted)
            {
                departed.Add((now, id));
            }
        }

        return departed;
    }

    private TenantTopic Of(Alias alias) =>
        _aliased.GetOrAdd(alias, static a => new TenantTopic(a.Name, a.NameUtf8, a.PhysicalTopic, a.PhysicalTopicUtf8, a.Permission, a.MarksProducers));

    private TenantTopic? Own(ReadOnlySpan<byte> name)
    {
        if (_ownLookup.TryGetValue(name, out var known))
        {
            return known;
        }

        if (name.Length == 0 || name.Length + Cluster.PrefixUtf8.Length > MaximumTopicName)
        {
            return null;
        }

        var text = Protocol.WireReader.Text(name);
        var topic = new TenantTopic(text, name.ToArray(), Cluster.Prefix + text, [.. Cluster.PrefixUtf8, .. name], null);
        if (State.Topics.ContainsKey(topic.PhysicalName))
        {
            // Only what exists is kept: a client may ask for any number of names.
            _own[topic.NameUtf8] = topic;
        }

        return topic;
    }

    private byte[] Derive(string what, string of) =>
        HMACSHA256.HashData(_topicIdKey, Encoding.UTF8.GetBytes($"{Cluster.Id}\0{what}\0{of}"))[..16];
}
