using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using PartnerPlatform.Gateway.Connections;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>Takes a connection that Kestrel accepted on a Kafka port; the port tells the slot.</summary>
public sealed partial class KafkaConnectionHandler(GatewayParts parts, Draining draining, ILogger<KafkaConnectionHandler> logger) : ConnectionHandler
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (parts.Registry.IsFull || parts.Feed.IsTooOld)
        {
            LogNotTaken(parts.Registry.IsFull ? "GATEWAY_MAX_CONNECTIONS is reached" : "the node is out of touch with the control plane for longer than GATEWAY_MAX_STATE_AGE");
            connection.Abort();
            return;
        }

        var slot = ((IPEndPoint)connection.LocalEndPoint!).Port - parts.Options.PortStart;
        var certificate = connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var drain = CancellationTokenSource.CreateLinkedTokenSource(closing, draining.Token);
        var channel = new KestrelChannel(connection);
        using var client = new ClientConnection(parts, channel, slot, ClientAddress.Of(connection.RemoteEndPoint), certificate);
        await client.RunAsync(drain.Token);
        await channel.CloseGentlyAsync(CloseTimeout);
    }

    [LoggerMessage(LogLevel.Warning, "A connection was not taken: {Reason}")]
    private partial void LogNotTaken(string reason);
}

/// <summary>Set when the node was told to stop: connections answer what is under way and close.</summary>
public sealed class Draining : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    public bool IsSet => _source.IsCancellationRequested;

    public void Begin() => _source.Cancel();

    public void Dispose() => _source.Dispose();
}
