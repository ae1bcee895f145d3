using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>What a connection remembers between requests. Requests and answers run side by side: all of it is under one lock.</summary>
public sealed class ConnectionMemory
{
    private const int MaximumFetchSessions = 16;
    private const int MaximumGroups = 1000;

    /// <summary>What stands for all protocol types but the consumers'.</summary>
    private const string AnotherType = "another";

    private const int MaximumShareSessions = 100;
    private const int MaximumDecoys = 1000;

    private readonly Lock _lock = new();
    private readonly List<(int Shown, int Real, VirtualCluster Cluster)> _fetchSessions = [];

    /// <summary>By a hash of the group, as what follows: names may be long, and clients give as many as they like.</summary>
    private readonly Dictionary<UInt128, string> _protocolTypes = [];
    private readonly Dictionary<UInt128, VirtualCluster> _shareSessions = [];
    private readonly Dictionary<Guid, Decoy> _decoys = [];
    private readonly Queue<Guid> _decoyOrder = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>When the connection began; a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</summary>
    public long Began { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>
    /// The broker's fetch session behind one that the client was shown; null when it is not this connection's, or must begin anew: the broker keeps
    /// partitions that a request does not repeat, so a session must not outlive rights, nor hold a decoy for a topic that is known by now.
    /// </summary>
    public int? FindFetchSession(int shown, TenantView now)
    {
        lock (_lock)
        {
            var found = _fetchSessions.FindIndex(s => s.Shown == shown);
            if (found < 0)
            {
                return null;
            }

            if (_fetchSessions[found].Cluster.GivesTheSameAs(now.Cluster) && !_decoys.Values.Any(d => d.Error == ErrorCode.UnknownTopicId && now.FindId(d.Id) is not null))
            {
                return _fetchSessions[found].Real;
            }

            // All of them begin anew: a decoy may be in any.
            _fetchSessions.Clear();
            _decoys.Clear();
            _decoyOrder.Clear();
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

    /// <summary>How the client calls a topic that has two names. No more are remembered than the tenant has such topics.</summary>
    public void RememberName(string physicalTopic, string name)
    {
        lock (_lock)
        {
            _names[physicalTopic] = name;
        }
    }

    public string? NameOf(string physicalTopic)
    {
        lock (_lock)
        {
            return _names.GetValueOrDefault(physicalTopic);
        }
    }

    /// <summary>Older SyncGroup requests do not tell the protocol type that JoinGroup told.</summary>
    public void RememberProtocolType(string group, string protocolType)
    {
        lock (_lock)
        {
            var key = KeyOf(group, null);
            if (_protocolTypes.Count < MaximumGroups || _protocolTypes.ContainsKey(key))
            {
                _protocolTypes[key] = protocolType == ConsumerProtocol.Type ? ConsumerProtocol.Type : AnotherType;
            }
        }
    }

    /// <summary>The consumers', or <see cref="AnotherType"/>; null: it is not known.</summary>
    public string? ProtocolTypeOf(string group)
    {
        lock (_lock)
        {
            return _protocolTypes.GetValueOrDefault(KeyOf(group, null));
        }
    }

    /// <summary>
    /// Whether a share session may go on. The broker keeps its partitions as those of a fetch session; it has no number, but belongs to a
    /// member on a connection.
    /// </summary>
    /// <param name="epoch">0 begins a session, -1 ends it.</param>
    public bool IsShareSessionCurrent(string group, string? member, int epoch, VirtualCluster now)
    {
        lock (_lock)
        {
            var key = KeyOf(group, member);
            if (epoch < 0)
            {
                _shareSessions.Remove(key);
                return true;
            }

            if (epoch > 0)
            {
                return _shareSessions.TryGetValue(key, out var then) && then.GivesTheSameAs(now);
            }

            if (_shareSessions.Count == MaximumShareSessions && !_shareSessions.ContainsKey(key))
            {
                // Its owner is told that it is not known, and begins anew.
                _shareSessions.Remove(_shareSessions.Keys.First());
            }

            _shareSessions[key] = now;
            return true;
        }
    }

    /// <summary>The broker was not told of a topic that the client has in its session: it begins anew next time.</summary>
    public void EndShareSession(string group, string? member)
    {
        lock (_lock)
        {
            _shareSessions.Remove(KeyOf(group, member));
        }
    }

    /// <summary>Remembers a decoy that the broker keeps in a session.</summary>
    public void RememberDecoy(Guid key, Decoy decoy)
    {
        lock (_lock)
        {
            if (!_decoys.ContainsKey(key))
            {
                if (_decoyOrder.Count == MaximumDecoys)
                {
                    _decoys.Remove(_decoyOrder.Dequeue());
                }

                _decoyOrder.Enqueue(key);
            }

            _decoys[key] = decoy;
        }
    }

    /// <summary>The broker was not told of it after all.</summary>
    public void ForgetDecoy(Guid key)
    {
        lock (_lock)
        {
            _decoys.Remove(key);
        }
    }

    public Decoy? FindDecoy(Guid key)
    {
        lock (_lock)
        {
            return _decoys.GetValueOrDefault(key);
        }
    }

    private static UInt128 KeyOf(string group, string? member)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{group}\0{member}"), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
