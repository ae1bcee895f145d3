using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>
/// A socket that a loop watches. It is used by calls that never wait, and through its handle: a file descriptor that was closed is not used any more, and not given to another one while
/// it is used.
/// </summary>
internal sealed class WatchedSocket
{
    /// <summary>It would have to wait.</summary>
    public const int WouldWait = -1;

    private const Readiness Reading = Readiness.Input | Readiness.InputEnds | Readiness.Edges;

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly SocketChannel _channel;
    private ulong _number;
    private int _isClosed;

    /// <param name="channel">What the loop is to call.</param>
    public WatchedSocket(Socket socket, EventLoop loop, SocketChannel channel) => (_socket, _handle, _channel, Loop) = (socket, socket.SafeHandle, channel, loop);

    public EventLoop Loop { get; private set; }

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>From here on the loop calls.</summary>
    /// <exception cref="IOException">It cannot be watched.</exception>
    public void Watch() => _number = Loop.Watch(_channel, _handle, Reading);

    /// <summary>Goes over to another loop; only while nothing waits.</summary>
    /// <exception cref="IOException">The socket has been closed.</exception>
    public void Move(EventLoop loop)
    {
        ThrowIfClosed();
        try
        {
            Loop.Release(_number, _handle);

            // Numbers are a loop's own: who closes it now must not have the new one forget somebody else.
            _number = EventLoop.NoNumber;
            Loop = loop;
            Watch();
            if (IsClosed)
            {
                // Meanwhile: who closed it may have had the loop before forget it.
                Loop.Forget(_number);
                throw Closed(null);
            }
        }
        catch (ObjectDisposedException e)
        {
            throw Closed(e);
        }
    }

    /// <summary>Has the loop look what has changed, on its own thread.</summary>
    public void Look() => Loop.Post(_channel);

    /// <summary>Has the loop, which is the caller, flush when it is done with what it goes through now.</summary>
    public void FlushLater() => Loop.FlushLater(_channel);

    /// <summary>Begins or ends to watch for room to write; told at once if there is some.</summary>
    /// <exception cref="IOException">The socket has been closed.</exception>
    public void WatchForRoom(bool wanted)
    {
        try
        {
            Loop.Change(_number, _handle, wanted ? Reading | Readiness.Output : Reading);
        }
        catch (ObjectDisposedException e)
        {
            throw Closed(e);
        }
    }

    /// <summary>Bytes taken; 0 = the peer is done. With an empty buffer: whether there is something, which stays there.</summary>
    /// <exception cref="IOException">The connection broke, or was closed.</exception>
    public int Receive(Span<byte> buffer)
    {
        ThrowIfClosed();
        try
        {
            return Outcome(buffer.Length > 0 ? Kernel.Receive(_handle, buffer) : Kernel.Peek(_handle));
        }
        catch (ObjectDisposedException e)
        {
            throw Closed(e);
        }
    }

    /// <summary>Bytes handed over: all, or as many as there is room for.</summary>
    /// <exception cref="IOException">The connection broke, or was closed.</exception>
    public int Send(ReadOnlySpan<byte> data)
    {
        ThrowIfClosed();
        try
        {
            var sent = 0;
            while (sent < data.Length && Outcome(Kernel.Send(_handle, data[sent..])) is not WouldWait and var now)
            {
                sent += now;
            }

            return sent;
        }
        catch (ObjectDisposedException e)
        {
            throw Closed(e);
        }
    }

    /// <summary>Tells the peer that no more is sent.</summary>
    /// <exception cref="SocketException">It is not connected any more.</exception>
    /// <exception cref="ObjectDisposedException">It has been closed.</exception>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <exception cref="SocketException">Its connect has failed.</exception>
    public void ThrowIfNotConnected()
    {
        if (_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
        {
            throw new SocketException(error);
        }
    }

    /// <summary>What waits finds it closed, in the loop. Any thread, more than once.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Loop.Forget(_number);
            _socket.Dispose();
            Look();
        }
    }

    /// <exception cref="IOException">It has been closed.</exception>
    public void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw Closed(null);
        }
    }

    private static IOException Closed(Exception? reason) => new("The connection has been closed.", reason);

    private static int Outcome(int result)
    {
        if (result >= 0)
        {
            return result;
        }

        var error = Kernel.LastError;
        return error == Kernel.Again ? WouldWait : throw new IOException(Marshal.GetPInvokeErrorMessage(error), new Win32Exception(error));
    }
}
