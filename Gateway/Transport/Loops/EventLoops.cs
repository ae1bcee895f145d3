using System.Net;
using System.Net.Sockets;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>The loops of the node, and the way to channels on them. They live as long as the process. Thread-safe.</summary>
/// <param name="count">How many, a thread each.</param>
public sealed class EventLoops(int count)
{
    private readonly EventLoop[] _loops = [.. Enumerable.Range(0, count).Select(i => new EventLoop($"sockets {i}"))];
    private uint _turn;

    /// <summary>A channel over a connected socket, which it closes.</summary>
    /// <exception cref="IOException">It cannot be watched.</exception>
    public SocketChannel Open(Socket socket) => new(socket, Next());

    /// <summary>Connects; no delay, so that small requests leave at once.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public async Task<SocketChannel> ConnectAsync(string host, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, limit.Token);
            var nobody = new SocketException((int)SocketError.HostNotFound);
            for (var i = 0; i < addresses.Length; i++)
            {
                // Each has its share of the time: one that says nothing must not hide those behind it.
                using var share = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
                share.CancelAfter(timeout / addresses.Length);
                try
                {
                    return await ConnectAsync(new IPEndPoint(addresses[i], port), share.Token);
                }
                catch (SocketException e)
                {
                    nobody = e;
                }
                catch (OperationCanceledException) when (!limit.IsCancellationRequested)
                {
                    nobody = new SocketException((int)SocketError.TimedOut);
                }
            }

            throw nobody;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private async Task<SocketChannel> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        // The socket's own asynchronous calls would have the runtime watch it too, for ever.
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.NoDelay = true;
            socket.Connect(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It is under way.
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var channel = Open(socket);
        try
        {
            await channel.ConnectedAsync(cancellationToken);
            return channel;
        }
        catch
        {
            channel.Abort();
            throw;
        }
    }

    /// <summary>The one with the fewest sockets; of equal ones each in its turn.</summary>
    private EventLoop Next()
    {
        var first = Interlocked.Increment(ref _turn);
        return Enumerable.Range(0, _loops.Length).Select(i => _loops[(first + (uint)i) % (uint)_loops.Length]).MinBy(l => l.Count)!;
    }
}
