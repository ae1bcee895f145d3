using System.Security.Cryptography;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>What a connection remembers between requests. Requests and answers run side by side: all of it is under one lock.</summary>
public sealed class ConnectionMemory
{
    private const int MaximumFetchSessions = 16;
    private const int MaximumGroups = 1000;

    private readonly Lock _lock = new();
    private readonly List<(int Shown, int Real, VirtualCluster Cluster)> _fetchSessions = [];
    private readonly Dictionary<string, string> _protocolTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VirtualCluster> _memberships = new(StringComparer.Ordinal);

    /// <summary>
    /// The broker's fetch session behind one that the client was shown; null when it is not this connection's, or rights changed since: the
    /// broker keeps partitions that a request does not repeat, so a session must not outlive them.
    /// </summary>
    public int? FindFetchSession(int shown, VirtualCluster now)
    {
        lock (_lock)
        {
            var found = _fetchSessions.FindIndex(s => s.Shown == shown);
            if (found < 0)
            {
                return null;
            }

            if (_fetchSessions[found].Cluster == now)
            {
                return _fetchSessions[found].Real;
            }

            _fetchSessions.RemoveAt(found);
            return null;
        }
    }

    /// <summary>The id to show for a broker's fetch session.</summary>
    public int ShowFetchSession(int real, VirtualCluster cluster)
    {
        lock (_lock)
        {
            var found = _fetchSessions.FindIndex(s => s.Real == real);
            if (found >= 0)
            {
                return _fetchSessions[found].Shown;
            }

            if (_fetchSessions.Count == MaximumFetchSessions)
            {
                _fetchSessions.RemoveAt(0);
            }

            var shown = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            _fetchSessions.Add((shown, real, cluster));
            return shown;
        }
    }

    /// <summary>Older SyncGroup requests do not tell the protocol type that JoinGroup told.</summary>
    public void RememberProtocolType(string group, string protocolType)
    {
        lock (_lock)
        {
            if (_protocolTypes.Count < MaximumGroups || _protocolTypes.ContainsKey(group))
            {
                _protocolTypes[group] = protocolType;
            }
        }
    }

    public string? ProtocolTypeOf(string group)
    {
        lock (_lock)
        {
            return _protocolTypes.GetValueOrDefault(group);
        }
    }

    /// <summary>
    /// Whether names mean to this member of a new-protocol group what they meant when it last sent all of its state. Heartbeats are
    /// incremental: after a change it must join again.
    /// </summary>
    public bool IsMembershipCurrent(string group, string member, bool full, VirtualCluster now)
    {
        lock (_lock)
        {
            var key = group + "\0" + member;
            if (full || !_memberships.TryGetValue(key, out var then))
            {
                if (_memberships.Count < MaximumGroups)
                {
                    _memberships[key] = now;
                }

                return true;
            }

            if (SameNames(then, now))
            {
                return true;
            }

            _memberships.Remove(key);
            return false;
        }
    }

    private static bool SameNames(VirtualCluster a, VirtualCluster b) =>
        a == b || (a.Aliases.Count == b.Aliases.Count && a.Aliases.Values.All(x => b.Aliases.Find(x.NameUtf8)?.PhysicalTopic == x.PhysicalTopic));
}
