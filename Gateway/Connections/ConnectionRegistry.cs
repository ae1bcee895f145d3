using System.Collections.Concurrent;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>All client connections of the node; ends those whose session may not go on, at once when a decision arrives.</summary>
public sealed partial class ConnectionRegistry : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, ClientConnection> _all = new();
    private readonly ConcurrentDictionary<VirtualClusterHandle, ConcurrentDictionary<long, ClientConnection>> _byVirtualCluster = new();

    /// <summary>Those that have not logged in yet.</summary>
    private readonly ConcurrentDictionary<long, ClientConnection> _waiting = new();

    /// <summary>Those whose TLS handshake is under way.</summary>
    private readonly ConcurrentDictionary<long, IByteChannel> _handshakes = new();
    private readonly ClusterDirectory _clusters;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionRegistry> _logger;
    private long _lastId;

    public ConnectionRegistry(ModelStore model, ClusterDirectory clusters, GatewayOptions options, TimeProvider time, ILogger<ConnectionRegistry> logger)
    {
        _clusters = clusters;
        _options = options;
        _time = time;
        _logger = logger;
        model.VirtualClusterChanged += (handle, _) => EndRefused(handle);
    }

    public int Count => _all.Count;

    public bool IsFull => _all.Count - _waiting.Count >= _options.MaxConnections;

    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>
    /// Takes in a connection. Of those that have not logged in only so many are kept, the newest: a login takes a moment, so whoever holds sockets without one
    /// makes room for others by it.
    /// </summary>
    public void Add(ClientConnection connection)
    {
        _all[connection.Id] = connection;
        _waiting[connection.Id] = connection;
        MakeRoom();
    }

    /// <summary>Does a TLS handshake, which counts as waiting for the login.</summary>
    public async Task<T> DuringHandshakeAsync<T>(IByteChannel channel, Func<Task<T>> handshake)
    {
        var id = NextId();
        _handshakes[id] = channel;
        MakeRoom();
        try
        {
            return await handshake();
        }
        finally
        {
            _handshakes.TryRemove(id, out _);
        }
    }

    /// <summary>Files a connection under its tenant; checks again afterwards, so that no decision slips in between.</summary>
    public void LoggedIn(ClientConnection connection, Session session)
    {
        _waiting.TryRemove(connection.Id, out _);
        _byVirtualCluster.GetOrAdd(session.VirtualCluster, _ => new())[connection.Id] = connection;
        if (session.Refusal() is { } refusal)
        {
            End(connection, refusal.Reason);
        }
    }

    public void Remove(ClientConnection connection)
    {
        _all.TryRemove(connection.Id, out _);
        _waiting.TryRemove(connection.Id, out _);
        if (connection.Session is { } session && _byVirtualCluster.TryGetValue(session.VirtualCluster, out var connections))
        {
            connections.TryRemove(connection.Id, out _);
        }
    }

    /// <summary>How many have logged in.</summary>
    public int LoggedInCount => _all.Values.Count(c => c.Session is not null);

    /// <summary>The newest live sessions.</summary>
    public IReadOnlyList<LiveSession> Sessions(int atMost) =>
        [.. _all.Values.OrderByDescending(c => c.Id).Select(c => c.Live()).OfType<LiveSession>().Take(atMost)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = _time.GetUtcNow().ToUnixTimeSeconds();
            foreach (var connection in _all.Values)
            {
                Sweep(connection, now);
            }
        }
    }

    private void MakeRoom()
    {
        const string reason = "too many others wait for their login";
        if (_waiting.Count + _handshakes.Count <= _options.MaxWaitingConnections)
        {
            return;
        }

        var handshake = _handshakes.Keys.DefaultIfEmpty(long.MaxValue).Min();
        if (_waiting.Values.MinBy(c => c.Id) is { } oldest && oldest.Id < handshake)
        {
            _waiting.TryRemove(oldest.Id, out _);
            End(oldest, reason);
        }
        else if (_handshakes.TryRemove(handshake, out var channel))
        {
            LogEnded(handshake, null, null, reason);
            channel.Abort();
        }
    }

    private void Sweep(ClientConnection connection, long now)
    {
        try
        {
            if (ReasonToEnd(connection, now) is { } reason)
            {
                End(connection, reason);
            }
        }
        catch (Exception e)
        {
            // Whatever it is, the others are looked at; a session of which nobody can say whether it may go on may not.
            LogNotJudged(e, connection.Id);
            connection.Abort();
        }
    }

    private string? ReasonToEnd(ClientConnection connection, long now)
    {
        if (connection.Session is not { } session)
        {
            return connection.Age > _options.LoginTimeout ? "it did not log in in time" : null;
        }

        if (session.ExpiresAt <= now)
        {
            return "the token has expired";
        }

        if (session.Lapse?.Invoke() is { } lapsed)
        {
            return lapsed;
        }

        if (connection.Idle > _options.IdleTimeout)
        {
            return "it was idle";
        }

        return connection.Upstream?.StandsInFor is { } missing && _clusters.IsThere(missing) ? "the broker that the client meant is back" : null;
    }

    private void EndRefused(VirtualClusterHandle cluster)
    {
        if (!_byVirtualCluster.TryGetValue(cluster, out var connections))
        {
            return;
        }

        foreach (var connection in connections.Values)
        {
            if (connection.Session?.Refusal() is { } refusal)
            {
                End(connection, refusal.Reason);
            }
        }
    }

    private void End(ClientConnection connection, string reason)
    {
        LogEnded(connection.Id, connection.Session?.VirtualCluster.Current?.Name, connection.Session?.Principal, reason);
        connection.Abort();
    }

    [LoggerMessage(LogLevel.Error, "Connection {Connection} is ended: whether it may go on cannot be told")]
    private partial void LogNotJudged(Exception unforeseen, long connection);

    [LoggerMessage(LogLevel.Information, "Connection {Connection} of {VirtualCluster} {Principal} is ended: {Reason}")]
    private partial void LogEnded(long connection, string? virtualCluster, string? principal, string reason);
}
