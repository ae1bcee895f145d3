
namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>What comes on a socket, for one reader. The kernel tells once that something is there, and then no more until everything was taken.</summary>
internal sealed class Incoming(WatchedSocket socket)
{
    private const Readiness Ended = Readiness.InputEnds | Readiness.HangUp | Readiness.Error;

    private readonly WaitingCall _call = new(socket.Look);
    private readonly Turns _turns = new();
    private Memory<byte> _buffer;

    /// <summary>1: something may be there.</summary>
    private int _mayReceive = 1;

    /// <summary>The peer is done or gone: told once, and seen when everything before was taken.</summary>
    private volatile bool _hasEnded;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        try
        {
            if (!_turns.IsOver && TryReceive(buffer.Span) is not WatchedSocket.WouldWait and var received)
            {
                return new ValueTask<int>(received);
            }
        }
        catch (IOException e)
        {
            return ValueTask.FromException<int>(e);
        }

        _turns.Begin();
        _buffer = buffer;
        var version = _call.Begin(cancellationToken);
        LookIfSomethingCame();
        return new ValueTask<int>(_call, version);
    }

    /// <summary>Goes on in the loop.</summary>
    /// <param name="ready">What it was told; none: it is to look.</param>
    public void Proceed(Readiness ready)
    {
        var isTold = (ready & (Readiness.Input | Ended)) != 0;
        if (isTold)
        {
            _hasEnded |= (ready & Ended) != 0;
            Interlocked.Exchange(ref _mayReceive, 1);
        }

        if (!_call.TryTake())
        {
            return;
        }

        if (_call.IsCancelled)
        {
            _call.BeCancelled();
            return;
        }

        int received;
        try
        {
            received = isTold && _buffer.Length == 0 && !socket.IsClosed ? 0 : TryReceive(_buffer.Span);
        }
        catch (IOException e)
        {
            _call.Fail(e);
            return;
        }

        if (received == WatchedSocket.WouldWait)
        {
            _call.GiveBack();
            LookIfSomethingCame();
            return;
        }

        _buffer = default;
        _call.Succeed(received);
    }

    /// <summary>For what was told while nothing seemed to wait for it.</summary>
    private void LookIfSomethingCame()
    {
        if (Volatile.Read(ref _mayReceive) != 0 || socket.IsClosed || _call.IsCancelled)
        {
            socket.Look();
        }
    }

    private int TryReceive(Span<byte> buffer)
    {
        if (Volatile.Read(ref _mayReceive) == 0 && !socket.IsClosed)
        {
            return WatchedSocket.WouldWait;
        }

        // Before the call, so that what is told during it is not forgotten.
        Interlocked.Exchange(ref _mayReceive, 0);
        var received = socket.Receive(buffer);
        if (received == WatchedSocket.WouldWait)
        {
            return received;
        }

        // Less than there was room for is all there was.
        if (received == buffer.Length || buffer.Length == 0 || _hasEnded)
        {
            Volatile.Write(ref _mayReceive, 1);
        }

        _turns.Took(received);
        return buffer.Length > 0 ? received : 0;
    }
}
