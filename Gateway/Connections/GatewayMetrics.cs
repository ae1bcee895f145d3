using System.Diagnostics.Metrics;
using PartnerPlatform.Gateway.Feed;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>What the node counts.</summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "PartnerPlatform.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _bytes;

    public GatewayMetrics(IMeterFactory meters, ConnectionRegistry connections, FeedStatus feed, TimeProvider time)
    {
        _meter = meters.Create(MeterName);
        _logins = _meter.CreateCounter<long>("gateway_logins", description: "Logins by result");
        _requests = _meter.CreateCounter<long>("gateway_requests", description: "Requests by API");
        _refused = _meter.CreateCounter<long>("gateway_refused_connections", description: "Connections closed because of what a peer sent");
        _meter.CreateObservableGauge("gateway_connections", () => connections.Count, description: "Client connections");
        _meter.CreateObservableGauge("gateway_feed_number", () => feed.Number, description: "Feed number that the node stands at");
        _meter.CreateObservableGauge("gateway_feed_age", () => feed.LastContact is { } last ? (time.GetUtcNow() - last).TotalSeconds : 0, "s", "Time since the control plane was last reached");
        _bytes = _meter.CreateCounter<long>("gateway_bytes", "By", "Bytes received, by direction");
    }

    public void Login(bool succeeded) => _logins.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "ok" : "failed"));

    public void Request(Protocol.ApiKey api) => _requests.Add(1, new KeyValuePair<string, object?>("api", api.ToString()));

    public void Refused() => _refused.Add(1);

    public void FromClient(int bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "produce"));

    public void ToClient(int bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "fetch"));

    public void Dispose() => _meter.Dispose();
}
