using System.Net.Sockets;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>
/// A channel over a TCP socket that a loop watches. Calls try at once, on the thread of the caller; what has to wait goes on in the loop, and what follows it as well.
/// </summary>
public sealed class SocketChannel : IByteChannel
{
    private readonly WatchedSocket _socket;
    private readonly Incoming _incoming;
    private readonly Outgoing _outgoing;

    /// <param name="socket">Connected, or about to be; nobody else uses it from here on. The channel closes it.</param>
    /// <exception cref="IOException">It cannot be watched.</exception>
    internal SocketChannel(Socket socket, EventLoop loop)
    {
        _socket = new WatchedSocket(socket, loop, this);
        _incoming = new Incoming(_socket);
        _outgoing = new Outgoing(_socket);
        _socket.Watch();
    }

    public EventLoop Loop => _socket.Loop;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _incoming.ReceiveAsync(buffer, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _outgoing.SendAsync(data, cancellationToken);

    public async Task CloseAsync(TimeSpan patience)
    {
        try
        {
            using (var limit = new CancellationTokenSource(patience))
            {
                await _outgoing.FlushAsync(limit.Token);
            }

            _socket.EndSending();
            await this.DiscardAsync(patience);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The peer did not close in time, or has gone already: either way the connection ends here.
        }

        Abort();
    }

    public void Abort()
    {
        _outgoing.End();
        _socket.Close();
    }

    public void Move(EventLoop loop)
    {
        if (loop != Loop)
        {
            _socket.Move(loop);
        }
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until a connect has come to its end.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    internal async ValueTask ConnectedAsync(CancellationToken cancellationToken)
    {
        await _outgoing.RoomAsync(cancellationToken);
        _socket.ThrowIfNotConnected();
    }

    /// <summary>Goes on in the loop, which calls this.</summary>
    /// <param name="ready">What has happened to the socket; none: it is to look what else has.</param>
    internal void Proceed(Readiness ready)
    {
        _outgoing.Proceed(ready);
        _incoming.Proceed(ready);
    }

    /// <summary>Sends what was kept back for more to come. Called by the loop.</summary>
    internal void Flush() => _outgoing.Flush();
}
