using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>
/// The transport of the Kafka ports: Kestrel accepts, limits and ends connections as ever, but the handler gets a channel over the socket itself and no pipe. A pipe costs a copy of every byte and
/// two changes of thread for every request (docs/decisions/0069).
/// </summary>
internal sealed class KafkaSockets(GatewayOptions options, EventLoops loops) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 512;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint { Port: var port } && port >= options.PortStart && port < options.PortStart + options.PortCount;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new Listener(socket, loops));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }

    private sealed class Listener(Socket socket, EventLoops loops) : IConnectionListener
    {
        /// <summary>Until connections have ended, when there are no more file descriptors or watches.</summary>
        private static readonly TimeSpan Exhausted = TimeSpan.FromMilliseconds(100);

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                Socket? accepted = null;
                try
                {
                    accepted = await socket.AcceptAsync(cancellationToken);
                    accepted.NoDelay = true;
                    var (local, remote) = (accepted.LocalEndPoint, accepted.RemoteEndPoint);
                    return new Connection(loops.Open(accepted), local, remote);
                }
                catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (Exception e) when (e is IOException or SocketException { SocketErrorCode: SocketError.TooManyOpenSockets })
                {
                    accepted?.Dispose();
                    await Task.Delay(Exhausted, cancellationToken);
                }
                catch (SocketException)
                {
                    // It was reset before it was taken: the next one.
                    accepted?.Dispose();
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

    private sealed class Connection : ConnectionContext
    {
        private readonly IByteChannel _channel;

        public Connection(IByteChannel channel, EndPoint? local, EndPoint? remote)
        {
            _channel = channel;
            LocalEndPoint = local;
            RemoteEndPoint = remote;
            Features.Set(channel);
        }

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

        public override IDuplexPipe Transport
        {
            get => throw new NotSupportedException("Kafka connections are read and written by their sockets.");
            set => throw new NotSupportedException("Kafka connections are read and written by their sockets.");
        }

        public override void Abort(ConnectionAbortedException abortReason) => _channel.Abort();

        public override ValueTask DisposeAsync() => _channel.DisposeAsync();
    }
}
