using System.Net.Security;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Connections;

namespace PartnerPlatform.Gateway.Upstream;

/// <summary>A channel over TLS, after its handshake.</summary>
internal sealed class TlsChannel(SslStream stream, Socket socket) : IByteChannel
{
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(data, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Takes the socket away under the stream: pending calls fail, whatever they wait for.</summary>
    public void Abort() => socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await stream.DisposeAsync();
    }
}
