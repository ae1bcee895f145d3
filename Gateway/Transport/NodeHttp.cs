using System.Net.Http;
using System.Net.Sockets;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>
/// The node's own HTTP requests. Their answers may be large (the feed), and whatever reads them takes its time: it runs on the thread pool, not on the threads that watch the sockets
/// (docs/decisions/0069).
/// </summary>
internal static class NodeHttp
{
    public static SocketsHttpHandler Handler(bool allowRedirects = true) => new() { AllowAutoRedirect = allowRedirects, ConnectCallback = ConnectAsync };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            await Task.Yield();
            return new PoolStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class PoolStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            await Task.Yield();
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            await Task.Yield();
        }
    }
}
