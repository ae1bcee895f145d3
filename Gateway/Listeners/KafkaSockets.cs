using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>
/// The transport of the Kafka ports: Kestrel accepts, limits and ends connections as ever, but the handler gets the socket itself and no pipe. A pipe costs a copy of every byte and
/// two changes of thread for every request (docs/decisions/0069).
/// </summary>
internal sealed class KafkaSockets(GatewayOptions options) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 512;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint { Port: var port } && port >= options.PortStart && port < options.PortStart + options.PortCount;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new Listener(socket));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }

    private sealed class Listener(Socket socket) : IConnectionListener
    {
        /// <summary>Until connections have ended, when there are no more file descriptors.</summary>
        private static readonly TimeSpan Exhausted = TimeSpan.FromMilliseconds(100);

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    var accepted = await socket.AcceptAsync(cancellationToken);
                    accepted.NoDelay = true;
                    return new Connection(accepted);
                }
                catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    await Task.Delay(Exhausted, cancellationToken);
                }
                catch (SocketException)
                {
                    // It was reset before it was taken: the next one.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Connection : ConnectionContext, IConnectionSocketFeature
    {
        public Connection(Socket socket)
        {
            Socket = socket;
            LocalEndPoint = socket.LocalEndPoint;
            RemoteEndPoint = socket.RemoteEndPoint;
            Features.Set<IConnectionSocketFeature>(this);
        }

        public Socket Socket { get; }

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

        public override IDuplexPipe Transport
        {
            get => throw new NotSupportedException("Kafka connections are read and written by their sockets.");
            set => throw new NotSupportedException("Kafka connections are read and written by their sockets.");
        }

        public override void Abort(ConnectionAbortedException abortReason) => Socket.Dispose();

        public override ValueTask DisposeAsync()
        {
            Socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
