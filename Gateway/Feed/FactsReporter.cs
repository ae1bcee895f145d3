using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Operations;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>Tells the control plane how the node is and what its clusters hold: every few seconds, and at once when a cluster changed.</summary>
public sealed partial class FactsReporter : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>Sessions in one report; a node may have many more.</summary>
    private const int SessionsTold = 2000;

    private readonly PlatformClient _platform;
    private readonly ClusterDirectory _clusters;
    private readonly RegisteredClusters _registered;
    private readonly ConnectionRegistry _connections;
    private readonly LoginLog _logins;
    private readonly FormerNameUse _formerNames;
    private readonly FeedStatus _status;
    private readonly TopicIdKey _topicIdKey;
    private readonly StateWriter _state;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FactsReporter> _logger;
    private readonly Doorbell _doorbell = new();
    private readonly string _boot = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private ImmutableDictionary<string, ClusterState> _reported = ImmutableDictionary<string, ClusterState>.Empty;
    private bool _failing;

    public FactsReporter(
        PlatformClient platform, ClusterDirectory clusters, RegisteredClusters registered, ConnectionRegistry connections, LoginLog logins, FormerNameUse formerNames, FeedStatus status, TopicIdKey topicIdKey, StateWriter state,
        GatewayOptions options, TimeProvider time, ILogger<FactsReporter> logger)
    {
        (_platform, _clusters, _registered, _connections, _logins, _formerNames, _status, _topicIdKey, _state, _options, _time, _logger) =
            (platform, clusters, registered, connections, logins, formerNames, status, topicIdKey, state, options, time, logger);
        clusters.Changed += _ => _doorbell.Ring();
    }

    public override void Dispose()
    {
        _doorbell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ReportAsync(stoppingToken);
            await _doorbell.WaitAsync(Interval, stoppingToken);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var states = _clusters.All.Select(c => c.State).Where(s => s.Brokers.Count > 0).ToImmutableDictionary(s => s.Name);
        var changed = states.Values.Where(s => !_reported.TryGetValue(s.Name, out var last) || last.Reachable != s.Reachable || last.Brokers != s.Brokers || last.Topics != s.Topics).ToList();
        var version = typeof(FactsReporter).Assembly.GetName().Version?.ToString() ?? "0";
        var endpoint = new NodeEndpoint(_options.ClusterId, _options.AdvertisedHost, _options.PortStart, _options.PortCount, _options.RackId, _options.ProbeUrl, _options.SecurityProtocol.ForClients());
        var logins = _logins.Take();
        var formerNames = _formerNames.Take();
        try
        {
            var facts = new NodeFacts(
                _boot, version, _status.Cursor, endpoint, _connections.LoggedInCount, _connections.Sessions(SessionsTold), logins,
                changed.Count == 0 ? null : changed.ConvertAll(FactsOf), formerNames.Count == 0 ? null : formerNames, Problems());
            var answer = await _platform.ReportAsync(facts, cancellationToken);
            _reported = states;
            _failing = false;
            if (_topicIdKey.Value is null)
            {
                _topicIdKey.Set(answer.TopicIdKey);
                _state.Write();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (e is not HttpRequestException { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge })
            {
                // What is refused for what it holds would be refused again, and everything after it.
                _logins.Return(logins);
            }

            _formerNames.Return(formerNames);
            if (!_failing)
            {
                LogNotReported(e is HttpRequestException or OperationCanceledException ? null : e, e.Message);
            }

            _failing = true;
        }
    }

    private List<ClusterProblem> Problems() =>
        [.. _clusters.All.Where(c => c.Problem is not null).Select(c => new ClusterProblem(c.State.Name, c.Problem!)).Concat(_registered.Problems.Select(p => new ClusterProblem(p.Key, p.Value)))];

    private static ClusterFacts FactsOf(ClusterState state) => new(
        state.Name,
        state.Reachable,
        [.. state.Brokers.Values.OrderBy(b => b.Id).Select(b => new BrokerFact(b.Id, b.Rack))],
        [.. state.Topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new TopicFact(t.Name, t.Id, t.Partitions))]);

    [LoggerMessage(LogLevel.Warning, "The node's facts cannot be reported: {Reason}")]
    private partial void LogNotReported(Exception? unexpected, string reason);
}
