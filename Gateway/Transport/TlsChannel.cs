using System.Net.Security;
using System.Net.Sockets;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>A channel over TLS, after its handshake.</summary>
internal sealed class TlsChannel(SslStream stream, Socket socket) : IByteChannel
{
    private readonly Turns _turns = new();

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var receiving = stream.ReadAsync(buffer, cancellationToken);
            var came = receiving.IsCompleted;
            var received = await receiving;
            if (_turns.IsOver(came, received))
            {
                await Task.Yield();
            }

            return received;
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

    public async Task CloseAsync(TimeSpan patience)
    {
        try
        {
            await stream.ShutdownAsync().WaitAsync(patience);
            socket.Shutdown(SocketShutdown.Send);
            await this.DiscardAsync(patience);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer did not close in time, or has gone already: either way the connection ends here.
        }

        Abort();
    }

    /// <summary>Takes the socket away under the stream: pending calls fail, whatever they wait for.</summary>
    public void Abort() => socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await stream.DisposeAsync();
    }
}
