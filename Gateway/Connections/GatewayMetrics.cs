using System.Diagnostics.Metrics;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>What the node counts.</summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "PartnerPlatform.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _refused;

    /// <summary>By API key. What every request counts is a number here, which is read when somebody asks for the metrics.</summary>
    private readonly long[] _requests = new long[Enum.GetValues<ApiKey>().Max(k => (int)k) + 1];
    private long _fromClients;
    private long _toClients;

    public GatewayMetrics(IMeterFactory meters, ConnectionRegistry connections, FeedStatus feed, TimeProvider time)
    {
        _meter = meters.Create(MeterName);
        _logins = _meter.CreateCounter<long>("gateway_logins", description: "Logins by result");
        _meter.CreateObservableCounter("gateway_requests", Requests, description: "Requests by API");
        _refused = _meter.CreateCounter<long>("gateway_refused_connections", description: "Connections closed because of what a peer sent");
        _meter.CreateObservableGauge("gateway_connections", () => connections.Count, description: "Client connections");
        _meter.CreateObservableGauge("gateway_feed_number", () => feed.Number, description: "Feed number that the node stands at");
        _meter.CreateObservableGauge("gateway_feed_age", () => feed.LastContact is { } last ? (time.GetUtcNow() - last).TotalSeconds : 0, "s", "Time since the control plane was last reached");
        _meter.CreateObservableCounter("gateway_bytes", Bytes, "By", "Bytes received, by direction");
    }

    public void Login(bool succeeded) => _logins.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "ok" : "failed"));

    public void Request(ApiKey api) => Interlocked.Increment(ref _requests[(int)api]);

    public void Refused() => _refused.Add(1);

    public void FromClient(int bytes) => Interlocked.Add(ref _fromClients, bytes);

    public void ToClient(int bytes) => Interlocked.Add(ref _toClients, bytes);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Requests() =>
        Enum.GetValues<ApiKey>().Where(k => k >= 0 && Volatile.Read(ref _requests[(int)k]) > 0).Select(k => new Measurement<long>(Volatile.Read(ref _requests[(int)k]), new KeyValuePair<string, object?>("api", k.ToString())));

    private IEnumerable<Measurement<long>> Bytes() =>
    [
        new(Volatile.Read(ref _fromClients), new KeyValuePair<string, object?>("direction", "produce")),
        new(Volatile.Read(ref _toClients), new KeyValuePair<string, object?>("direction", "fetch")),
    ];
}
