using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Operations;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>
/// Finds out what a physical cluster holds, again and again: brokers, topics, ids, partitions, versions. Readers take
/// <see cref="State"/>; who met something unknown asks for an early look by <see cref="Refresh"/>.
/// </summary>
public sealed partial class ClusterWatcher(KafkaClusterOptions cluster, BrokerAccess access, GatewayOptions gateway, TimeProvider time, ILogger<ClusterWatcher> logger) : BackgroundService
{
    /// <summary>To be connected, and again to be answered.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For one broker to say what it offers. One that is silent delays a look, and does not end it.</summary>
    private static readonly TimeSpan VersionsTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan VersionsAge = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks, however many ask: a client that guesses ids must not keep the cluster busy.</summary>
    private static readonly TimeSpan RefreshLimit = TimeSpan.FromMilliseconds(200);

    private readonly Doorbell _doorbell = new();
    private readonly Dictionary<int, long> _versionsAskedAt = [];

    /// <summary>Brokers that could not be reached for a client, and have said nothing since.</summary>
    private readonly ConcurrentDictionary<int, bool> _doubted = new();
    private volatile ClusterState _state = ClusterState.Unknown(cluster.Name);
    private TaskCompletionSource _looked = NewLook();
    private BrokerConnection? _connection;
    private int _connectedTo = -1;

    /// <summary>Addresses that have failed in a row, over all looks: the next one begins behind them, so that silent ones never hide those that answer.</summary>
    private int _failed;

    /// <summary>Raised when brokers or topics differ from what was known.</summary>
    public event Action<ClusterState>? Changed;

    public ClusterState State => _state;

    public KafkaClusterOptions Options => cluster;

    /// <summary>The way into its brokers.</summary>
    public BrokerAccess Access => access;

    /// <summary>Why the last look failed, without secrets; null: it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Asks for a look that begins later than now and waits for it; false: it took too long. Many askers share one look.</summary>
    public async Task<bool> RefreshAsync(TimeSpan patience)
    {
        var look = Volatile.Read(ref _looked).Task;
        Refresh();
        return await Task.WhenAny(look, Task.Delay(patience, time)) == look;
    }

    /// <summary>Asks for an early look.</summary>
    public void Refresh() => _doorbell.Ring();

    /// <summary>A broker could not be reached: the next look asks it.</summary>
    public void Doubt(int broker)
    {
        _doubted[broker] = true;
        Refresh();
    }

    /// <summary>It could not be reached, and has not answered since.</summary>
    public bool IsDoubted(int broker) => _doubted.ContainsKey(broker);

    public override void Dispose()
    {
        _doorbell.Dispose();
        access.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var done = Interlocked.Exchange(ref _looked, NewLook());
                await LookAsync(done, stoppingToken);
                done.TrySetResult();
                await Task.Delay(RefreshLimit, time, stoppingToken);
                await _doorbell.WaitAsync(gateway.MetadataInterval, stoppingToken);
            }
        }
        finally
        {
            await DropConnectionAsync();
        }
    }

    private static TaskCompletionSource NewLook() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One look at the cluster; a failure is a state too.</summary>
    /// <param name="done">Completed when brokers and topics are known: a broker that is silent keeps nobody waiting for these.</param>
    private async Task LookAsync(TaskCompletionSource done, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(AskTimeout);
        try
        {
            access.LookAtFiles();
            var connection = await ConnectionAsync(limit.Token);
            limit.CancelAfter(AskTimeout);
            var version = connection.VersionFor(ApiKey.Metadata);
            var request = Node.Of(Definitions.Apis[ApiKey.Metadata].Request).Set("topics", version == 0 ? new List<Node>() : null).Set("allowAutoTopicCreation", false);
            var answer = await connection.AskAsync(ApiKey.Metadata, version, request, limit.Token);
            var brokers = answer.List("brokers")
                .Select(b => new Broker(b.Get<int>("nodeId"), b.Text("host")!, b.Get<int>("port"), b.Text("rack")))
                .ToFrozenDictionary(b => b.Id);
            var topics = answer.List("topics")
                .Where(t => t.Get<short>("errorCode") is 0 or (short)ErrorCode.LeaderNotAvailable && t.Text("name") is not null)
                .Select(t => new PhysicalTopic(t.Text("name")!, t.Get<Guid>("topicId"), t.List("partitions").Count))
                .ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
            if (brokers.Count == 0)
            {
                throw new IOException("The cluster names no broker.");
            }

            Problem = null;
            if (brokers.Keys.All(_state.Versions.ContainsKey))
            {
                Publish(new ClusterState(cluster.Name, true, brokers, topics, _state.Versions));
                done.TrySetResult();
            }

            Publish(new ClusterState(cluster.Name, true, brokers, topics, await VersionsAsync(brokers, connection, stopping)));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Whatever a broker answers: an odd one must not end the node.
            await DropConnectionAsync();
            var last = _state;
            var problem = e is OperationCanceledException ? $"no answer within {AskTimeout.TotalSeconds:0} s" : e.Message;
            if (last.Reachable || Problem is null)
            {
                LogUnreachable(cluster.Name, problem);
            }

            Problem = problem;

            Publish(new ClusterState(cluster.Name, false, last.Brokers, last.Topics, last.Versions));
        }
    }

    private async Task<BrokerConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
        {
            return _connection;
        }

        Exception? last = null;
        List<(string Host, int Port, int Id)> addresses =
        [
            .. _state.Brokers.Values.OrderBy(b => b.Id == _connectedTo).Select(b => (b.Host, b.Port, b.Id)), .. cluster.BootstrapServers.Select(s => (s.Host, s.Port, Id: -1)),
        ];
        for (var tried = 0; tried < addresses.Count; tried++)
        {
            var (host, port, id) = addresses[_failed++ % addresses.Count];
            try
            {
                _connection = await access.OpenOwnAsync(host, port, cancellationToken);
                (_connectedTo, _failed) = (id, 0);
                return _connection;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                last = e;
            }
        }

        throw new IOException(last?.Message ?? "No address is known.", last);
    }

    private async Task DropConnectionAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    /// <summary>Asks brokers for their versions: new ones at once, others once a minute, so that a rolling upgrade is followed.</summary>
    private async Task<FrozenDictionary<int, BrokerVersions>> VersionsAsync(FrozenDictionary<int, Broker> brokers, BrokerConnection connection, CancellationToken stopping)
    {
        var versions = new Dictionary<int, BrokerVersions>(_state.Versions.Where(v => brokers.ContainsKey(v.Key)));
        var due = brokers.Values.Where(b => IsDoubted(b.Id) || _state.Brokers.GetValueOrDefault(b.Id) != b || !_versionsAskedAt.TryGetValue(b.Id, out var at) || time.GetElapsedTime(at) >= VersionsAge).ToList();
        foreach (var (broker, offered) in due.Zip(await Task.WhenAll(due.Select(b => AskVersionsAsync(b, stopping)))))
        {
            if (offered is not null)
            {
                versions[broker.Id] = offered;
                _versionsAskedAt[broker.Id] = time.GetTimestamp();
            }
        }

        if (versions.Count == 0)
        {
            versions[_connectedTo] = connection.Versions;
        }

        return versions.ToFrozenDictionary();
    }

    /// <summary>Null: it is listed but not there, it may be starting or dying. The next look asks again; until then what it offered last counts.</summary>
    private async Task<BrokerVersions?> AskVersionsAsync(Broker broker, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(VersionsTimeout);
        try
        {
            await using var own = await access.OpenOwnAsync(broker.Host, broker.Port, limit.Token);
            _doubted.TryRemove(broker.Id, out _);
            return own.Versions;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogBrokerSilent(cluster.Name, broker.Id, e is OperationCanceledException ? $"no answer within {VersionsTimeout.TotalSeconds:0} s" : e.Message);
            return null;
        }
    }

    private void Publish(ClusterState state)
    {
        // What did not change stays the same object: views made of it stay valid.
        var last = _state;
        state = new ClusterState(
            state.Name, state.Reachable, Same(last.Brokers, state.Brokers) ? last.Brokers : state.Brokers, Same(last.Topics, state.Topics) ? last.Topics : state.Topics, Same(last.Versions, state.Versions) ? last.Versions : state.Versions);
        _state = state;
        if (!last.Reachable && state.Reachable)
        {
            LogReachable(cluster.Name, state.Brokers.Count, state.Topics.Count);
        }

        if (last.Reachable != state.Reachable || last.Brokers != state.Brokers || last.Topics != state.Topics)
        {
            Changed?.Invoke(state);
        }
    }

    private static bool Same<TKey, T>(FrozenDictionary<TKey, T> a, FrozenDictionary<TKey, T> b)
        where TKey : notnull =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var other) && Equals(p.Value, other));

    [LoggerMessage(LogLevel.Information, "Physical cluster {Cluster} is reachable: {Brokers} brokers, {Topics} topics")]
    private partial void LogReachable(string cluster, int brokers, int topics);

    [LoggerMessage(LogLevel.Warning, "Physical cluster {Cluster} is not reachable: {Reason}")]
    private partial void LogUnreachable(string cluster, string reason);

    [LoggerMessage(LogLevel.Information, "Broker {Broker} of physical cluster {Cluster} does not answer: {Reason}")]
    private partial void LogBrokerSilent(string cluster, int broker, string reason);
}
