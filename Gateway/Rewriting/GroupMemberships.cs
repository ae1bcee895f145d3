using System.Collections.Concurrent;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// What a member of a group of the newer protocols said when it last sent all of its state, as far as that matters later; immutable.
/// </summary>
/// <param name="Cluster">The tenant at that time.</param>
/// <param name="Expression">Its regular expression, which the broker is not told.</param>
/// <param name="Names">Topics that it named beside the expression.</param>
/// <param name="Expanded">What the expression stood for when the broker was last told.</param>
/// <param name="Over">The tenant's topics that this was made of; forgotten when nobody else needs them.</param>
/// <param name="Strangers">Physical ids of its assignment that were not known when it was told.</param>
public sealed record Membership(
    VirtualCluster Cluster, TopicExpression? Expression, List<string> Names, IReadOnlyList<string>? Expanded, WeakReference<TenantView>? Over, IReadOnlyList<Guid> Strangers)
{
    public Membership(VirtualCluster cluster)
        : this(cluster, null, [], null, null, [])
    {
    }
}

/// <summary>
/// Members of groups of the newer protocols (consumer, share, streams) that this node has heard. Their heartbeats are incremental: null means unchanged, so
/// a node must know what it was. A member that it does not know must join again.
/// </summary>
public sealed class GroupMemberships(TimeProvider time)
{
    /// <summary>Members of one virtual cluster; more of them are asked to join again and again.</summary>
    private const int MaximumMembers = 20_000;

    /// <summary>Names of topics that members of one virtual cluster gave, in total; who gives more is asked to join again and again, too.</summary>
    private const int MaximumNames = 500_000;

    /// <summary>Longer than any session timeout that brokers allow by default.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Members> _all = new(StringComparer.Ordinal);

    /// <summary>A member whose names mean now what they meant when it joined; null: it must join again.</summary>
    public Membership? Find(TenantView now, string group, string member)
    {
        if (!_all.TryGetValue(now.Cluster.Id, out var members) || !members.Known.TryGetValue((group, member), out var entry))
        {
            return null;
        }

        if (!entry.Membership.Cluster.HasTheNamesOf(now.Cluster) || entry.Membership.Strangers.Any(id => now.FindPhysicalId(id) is not null))
        {
            members.Remove((group, member));
            return null;
        }

        return entry.Membership;
    }

    /// <summary>What a member said, once a broker has taken it.</summary>
    public void Put(VirtualCluster now, string group, string member, Membership membership)
    {
        var members = _all.GetOrAdd(now.Id, _ => new Members());
        members.Sweep(time, Forgotten);
        members.Put((group, member), new Entry(membership, time.GetTimestamp()));
    }

    public void Leave(VirtualCluster now, string group, string member)
    {
        if (_all.TryGetValue(now.Id, out var members))
        {
            members.Remove((group, member));
        }
    }

    private sealed record Entry(Membership Membership, long Heard)
    {
        /// <summary>What expressions stand for does not count: these are names of the tenant's topics, which are in memory once.</summary>
        public int Names => Membership.Names.Count;
    }

    private sealed class Members
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

        private readonly Lock _changing = new();
        private long _swept;
        private int _names;

        public ConcurrentDictionary<(string Group, string Member), Entry> Known { get; } = new();

        public void Put((string Group, string Member) key, Entry entry)
        {
            lock (_changing)
            {
                var before = Known.GetValueOrDefault(key);
                var names = _names - (before?.Names ?? 0) + entry.Names;
                if (names > MaximumNames)
                {
                    Remove(key);
                }
                else if (before is not null || Known.Count < MaximumMembers)
                {
                    Known[key] = entry;
                    _names = names;
                }
            }
        }

        public void Remove((string Group, string Member) key)
        {
            lock (_changing)
            {
                if (Known.TryRemove(key, out var entry))
                {
                    _names -= entry.Names;
                }
            }
        }

        public void Sweep(TimeProvider time, TimeSpan age)
        {
            var last = Volatile.Read(ref _swept);
            if (time.GetElapsedTime(last) < Interval || Interlocked.CompareExchange(ref _swept, time.GetTimestamp(), last) != last)
            {
                return;
            }

            foreach (var (key, entry) in Known)
            {
                if (time.GetElapsedTime(entry.Heard) > age)
                {
                    Remove(key);
                }
            }
        }
    }
}
