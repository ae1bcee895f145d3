using System.Collections.Concurrent;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>What a member of a group of the newer protocols said when it last sent all of its state, and what that stood for.</summary>
/// <param name="cluster">The tenant at that time.</param>
public sealed class Membership(VirtualCluster cluster)
{
    public VirtualCluster Cluster => cluster;

    /// <summary>Topics that the member named itself.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>Its regular expression, which the broker is not told.</summary>
    public TopicExpression? Expression { get; set; }

    /// <summary>What the expression stood for when the broker was last told; null: it was not told yet.</summary>
    public IReadOnlyList<string>? Expanded { get; set; }

    /// <summary>The tenant's topics that <see cref="Expanded"/> was made of.</summary>
    public TenantView? ExpandedOver { get; set; }

    /// <summary>When the member was last heard, as a timestamp of the node's clock.</summary>
    public long Heard { get; set; }
}

/// <summary>
/// Members of groups of the newer protocols (consumer, share, streams) that this node has heard. Their heartbeats are incremental: null means unchanged, so
/// a node must know what it was. A member that it does not know must join again.
/// </summary>
public sealed class GroupMemberships(TimeProvider time)
{
    /// <summary>Members of one virtual cluster; more of them are asked to join again and again.</summary>
    private const int MaximumMembers = 20_000;

    /// <summary>Longer than any session timeout that brokers allow by default.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<(string Group, string Member), Membership>> _all = new(StringComparer.Ordinal);

    /// <summary>A member whose names mean now what they meant when it joined; null: it must join again.</summary>
    public Membership? Find(VirtualCluster now, string group, string member)
    {
        if (!_all.TryGetValue(now.Id, out var members) || !members.TryGetValue((group, member), out var membership))
        {
            return null;
        }

        if (!membership.Cluster.HasTheNamesOf(now))
        {
            members.TryRemove((group, member), out _);
            return null;
        }

        membership.Heard = time.GetTimestamp();
        return membership;
    }

    /// <summary>A member that joins, whatever it was before.</summary>
    public Membership Add(VirtualCluster now, string group, string member, Membership membership)
    {
        var members = _all.GetOrAdd(now.Id, _ => new());
        membership.Heard = time.GetTimestamp();
        if (members.Count >= MaximumMembers)
        {
            foreach (var (key, other) in members)
            {
                if (time.GetElapsedTime(other.Heard) > Forgotten)
                {
                    members.TryRemove(key, out _);
                }
            }
        }

        if (members.Count < MaximumMembers)
        {
            members[(group, member)] = membership;
        }

        return membership;
    }

    public void Leave(VirtualCluster now, string group, string member)
    {
        if (_all.TryGetValue(now.Id, out var members))
        {
            members.TryRemove((group, member), out _);
        }
    }
}
