using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Routing;

/// <summary>Asks the other nodes whether they are ready, so that a dead one leaves the metadata also while the control plane is away.</summary>
public sealed partial class PeerProbe(NodeDirectory nodes, IHttpClientFactory http, TimeProvider time, ILogger<PeerProbe> logger) : BackgroundService
{
    public const string HttpClientName = "peers";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>One lost probe may be chance.</summary>
    private const int FailuresToLeave = 2;

    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(nodes.Peers.Select(p => (p.Name, Task: ProbeAsync(p.ProbeUrl, stoppingToken))).ToList().Select(async p => Judge(p.Name, await p.Task)));
        }
    }

    private async Task<bool> ProbeAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var answer = await client.GetAsync(new Uri(new Uri(url), "/health/ready"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: no answer.
            return false;
        }
    }

    private void Judge(string node, bool alive)
    {
        lock (_failures)
        {
            var failures = alive ? 0 : _failures.GetValueOrDefault(node) + 1;
            _failures[node] = failures;
            var reachable = failures < FailuresToLeave;
            if (reachable != nodes.IsReachable(node))
            {
                nodes.MarkReachable(node, reachable);
                LogPeer(node, reachable ? "is back" : "does not answer: clients are no longer sent to it");
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Gateway node {Peer} {What}")]
    private partial void LogPeer(string peer, string what);
}
