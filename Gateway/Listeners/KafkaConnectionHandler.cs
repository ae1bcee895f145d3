using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>Takes a connection that Kestrel accepted on a Kafka port; the port tells the slot.</summary>
/// <param name="tls">Null: the listeners are without TLS.</param>
internal sealed partial class KafkaConnectionHandler(GatewayParts parts, Draining draining, ILogger<KafkaConnectionHandler> logger, ListenerTls? tls = null) : ConnectionHandler
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if ((parts.Registry.IsFull ? "GATEWAY_MAX_CONNECTIONS is reached" : parts.Feed.Barrier) is { } barrier)
        {
            LogNotTaken(barrier);
            connection.Abort();
            return;
        }

        if (await OpenAsync(connection) is not { } opened)
        {
            return;
        }

        var slot = ((IPEndPoint)connection.LocalEndPoint!).Port - parts.Options.PortStart;
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var drain = CancellationTokenSource.CreateLinkedTokenSource(closing, draining.Token);
        await using var channel = opened.Channel;
        using var client = new ClientConnection(parts, channel, slot, ClientAddress.Of(connection.RemoteEndPoint), opened.Certificate);
        await client.RunAsync(drain.Token);
        await channel.CloseAsync(CloseTimeout);
    }

    /// <summary>Null: the TLS handshake has failed.</summary>
    private async ValueTask<(IByteChannel Channel, X509Certificate2? Certificate)?> OpenAsync(ConnectionContext connection)
    {
        var channel = connection.Features.Get<IByteChannel>()!;
        if (tls is null)
        {
            return (channel, null);
        }

        return await parts.Registry.DuringHandshakeAsync(channel, () => tls.HandshakeAsync(channel, connection.RemoteEndPoint)) is { } stream ? (new TlsChannel(stream, channel), stream.RemoteCertificate as X509Certificate2) : null;
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
