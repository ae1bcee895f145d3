using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>A channel over a TCP socket.</summary>
public sealed class SocketChannel(Socket socket) : IByteChannel
{
    private readonly Turns _turns = new();

    /// <summary>Connects; no delay, so that small requests leave at once.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            await socket.ConnectAsync(host, port, limit.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var receiving = socket.ReceiveAsync(buffer, cancellationToken);
            var came = receiving.IsCompleted;
            var received = await receiving;
            if (_turns.IsOver(came, received))
            {
                await Task.Yield();
            }

            return received;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            while (data.Length > 0)
            {
                data = data[await socket.SendAsync(data, cancellationToken)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public async Task CloseAsync(TimeSpan patience)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            await this.DiscardAsync(patience);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The peer did not close in time, or has gone already: either way the connection ends here.
        }

        Abort();
    }

    public void Abort() => socket.Dispose();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
