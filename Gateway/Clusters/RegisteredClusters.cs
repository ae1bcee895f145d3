using System.Collections.Concurrent;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Operations;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>
/// Clusters that the control plane says how to reach. Another connection takes the place of the one before: what is open lives on, what is opened from then on is the new one's. A
/// connection that cannot be used keeps the one before, and is tried again.
/// </summary>
public sealed partial class RegisteredClusters : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>For a new connection to show that it works, where there is one already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ModelStore _model;
    private readonly ClusterDirectory _directory;
    private readonly ClusterSecretsCache _secrets;
    private readonly Func<KafkaClusterOptions, ClusterWatcher> _watch;
    private readonly AwsEnvironment _aws;
    private readonly ILogger<RegisteredClusters> _logger;
    private readonly Doorbell _doorbell = new();
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Id, int Number)> _connected = new(StringComparer.Ordinal);

    public RegisteredClusters(
        ModelStore model, ClusterDirectory directory, ClusterSecretsCache secrets, Func<KafkaClusterOptions, ClusterWatcher> watch, AwsEnvironment aws, ILogger<RegisteredClusters> logger)
    {
        (_model, _directory, _secrets, _watch, _aws, _logger) = (model, directory, secrets, watch, aws, logger);
        model.SharedChanged += _doorbell.Ring;
    }

    /// <summary>Why a cluster's connection is not used, by cluster; without secrets.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    public override void Dispose()
    {
        _doorbell.Dispose();
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_connected.Keys.Select(n => _directory.Find(n)).OfType<ClusterWatcher>().Select(w => w.StopAsync(cancellationToken)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var registered = _model.PhysicalClusters.Where(c => c.Connection is not null).ToDictionary(c => c.Name, StringComparer.Ordinal);
            foreach (var gone in _connected.Keys.Where(n => !registered.ContainsKey(n)).ToList())
            {
                await EndAsync(_directory.Remove(gone), stoppingToken);
                _connected.TryRemove(gone, out _);
                LogRemoved(gone);
            }

            foreach (var gone in _problems.Keys.Where(n => !registered.ContainsKey(n)))
            {
                _problems.TryRemove(gone, out _);
            }

            // One that does not answer keeps no other waiting.
            await Task.WhenAll(registered.Values.Select(cluster => FollowAsync(cluster, stoppingToken)));

            await _doorbell.WaitAsync(_problems.IsEmpty ? Timeout.InfiniteTimeSpan : Retry, stoppingToken);
        }
    }

    private async Task FollowAsync(PhysicalClusterDocument cluster, CancellationToken stopping)
    {
        if (_directory.IsConfigured(cluster.Name) || (_connected.TryGetValue(cluster.Name, out var now) && now == (cluster.Id, cluster.Connection!.Number)))
        {
            return;
        }

        try
        {
            var watcher = _watch(await OptionsAsync(cluster, cluster.Connection!, stopping));
            await watcher.StartAsync(stopping);
            if (_directory.Find(cluster.Name) is not null && !await IsReachedAsync(watcher))
            {
                await EndAsync(watcher, stopping);
                throw new InvalidSettingException($"{watcher.Problem ?? "no answer"}; the connection before it is kept");
            }

            await EndAsync(_directory.Put(watcher), stopping);
            _connected[cluster.Name] = (cluster.Id, cluster.Connection!.Number);
            _problems.TryRemove(cluster.Name, out _);
            LogConnected(cluster.Name, cluster.Connection.Number, watcher.Options.Security);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            if (_problems.GetValueOrDefault(cluster.Name) != e.Message)
            {
                LogNotUsed(e is InvalidSettingException or HttpRequestException or OperationCanceledException ? null : e, cluster.Name, cluster.Connection!.Number, e.Message);
            }

            _problems[cluster.Name] = e.Message;
        }
    }

    private static async Task<bool> IsReachedAsync(ClusterWatcher watcher) => await watcher.RefreshAsync(Patience) && watcher.State.Reachable;

    private async Task<KafkaClusterOptions> OptionsAsync(PhysicalClusterDocument cluster, ClusterConnection connection, CancellationToken cancellationToken)
    {
        var secrets = connection.Secrets.Count == 0 ? new Dictionary<string, string>() : await _secrets.GetAsync(cluster.Id, connection.Number, cancellationToken);
        var properties = new KafkaProperties(cluster.Name, p => $"{p} of cluster {cluster.Name}");
        properties.Set("gateway.roles", nameof(ClusterRole.Upstream));
        foreach (var (property, value) in connection.Properties.Concat(secrets))
        {
            properties.Set(KafkaProperties.Known.Contains(property) ? property : throw new InvalidSettingException($"{property} of cluster {cluster.Name} is not a property that this node knows."), value);
        }

        return KafkaSecurityReader.Read(properties, _aws);
    }

    /// <summary>It watches no longer; its way in stays open to the connections that were opened through it, whose logins may have to be renewed.</summary>
    private static Task EndAsync(ClusterWatcher? watcher, CancellationToken cancellationToken) => watcher?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Physical cluster {Cluster} is reached by connection {Number} of the control plane: {Security}")]
    private partial void LogConnected(string cluster, int number, string security);

    [LoggerMessage(LogLevel.Information, "Physical cluster {Cluster} has no connection any more")]
    private partial void LogRemoved(string cluster);

    [LoggerMessage(LogLevel.Warning, "Connection {Number} of physical cluster {Cluster} is not used: {Reason}")]
    private partial void LogNotUsed(Exception? unexpected, string cluster, int number, string reason);
}
