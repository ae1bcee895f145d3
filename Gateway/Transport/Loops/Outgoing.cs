using System.Buffers;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>
/// What leaves by a socket, from one writer. Small pieces that are sent while the loop goes through what has come leave together when it is done with that: for each of many small
/// answers a call into the kernel and a packet would cost more than everything else about them.
/// </summary>
internal sealed class Outgoing(WatchedSocket socket)
{
    private const int LargestPiece = 16 * 1024;
    private const int MostTogether = 64 * 1024;

    /// <summary>Between the writer, the loop and who closes. What waited goes on outside of it.</summary>
    private readonly Lock _gate = new();
    private readonly WaitingCall _call = new(socket.Look);
    private ReadOnlyMemory<byte> _unsent;
    private bool _isWatchingForRoom;

    /// <summary>Pieces whose sender has gone on; null: there are none.</summary>
    private byte[]? _together;
    private int _start;
    private int _end;

    /// <summary>Why such pieces could not leave.</summary>
    private IOException? _broken;

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            lock (_gate)
            {
                ThrowIfBroken();
                if (MayWait(data.Length))
                {
                    Add(data.Span);
                    return ValueTask.CompletedTask;
                }

                var sent = SendTogether() ? socket.Send(data.Span) : 0;
                return sent == data.Length && _together is null ? ValueTask.CompletedTask : WaitForRoom(data[sent..], cancellationToken);
            }
        }
        catch (IOException e)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <summary>Waits until everything has been handed over.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => SendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>Waits until there is room; of a socket that connects, until that is decided.</summary>
    /// <exception cref="IOException">The socket has been closed.</exception>
    public ValueTask RoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return WaitForRoom(ReadOnlyMemory<byte>.Empty, cancellationToken);
        }
    }

    /// <summary>Goes on in the loop.</summary>
    /// <param name="ready">What it was told; none: it is to look whether the call is over.</param>
    public void Proceed(Readiness ready)
    {
        if (ready == Readiness.Input)
        {
            return;
        }

        bool isCancelled;
        IOException? broken = null;
        lock (_gate)
        {
            isCancelled = _call.IsWaiting && _call.IsCancelled;
            if (!isCancelled)
            {
                if (ready == Readiness.None && !(socket.IsClosed && _call.IsWaiting))
                {
                    return;
                }

                try
                {
                    if (!SendUnsent())
                    {
                        return;
                    }
                }
                catch (IOException e)
                {
                    Break(e);
                    broken = e;
                }
            }

            if (!_call.TryTake())
            {
                return;
            }

            _unsent = default;
        }

        if (isCancelled)
        {
            _call.BeCancelled();
        }
        else if (broken is not null)
        {
            _call.Fail(broken);
        }
        else
        {
            _call.Succeed(0);
        }
    }

    /// <summary>Sends what has come together. Called by the loop when it is done with what made it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            try
            {
                if (!SendTogether())
                {
                    WatchForRoom(true);
                }
            }
            catch (IOException e)
            {
                Break(e);
            }
        }
    }

    /// <summary>Sends what has come together as far as there is room: the socket is about to be closed.</summary>
    public void End()
    {
        lock (_gate)
        {
            try
            {
                if (!socket.IsClosed)
                {
                    SendTogether();
                }
            }
            catch (IOException)
            {
                // The connection has ended by itself.
            }

            Drop();
        }
    }

    /// <summary>Small ones of the loop itself may wait for others, unless there is no room for what came before.</summary>
    private bool MayWait(int length) => length is > 0 and <= LargestPiece && socket.Loop.IsCurrent && !_isWatchingForRoom && _end + length <= MostTogether;

    private void Add(ReadOnlySpan<byte> data)
    {
        if (_together is null)
        {
            _together = ArrayPool<byte>.Shared.Rent(MostTogether);
            socket.FlushLater();
        }

        data.CopyTo(_together.AsSpan(_end));
        _end += data.Length;
    }

    /// <summary>False: there is no room for all of it.</summary>
    private bool SendTogether()
    {
        if (_together is null)
        {
            return true;
        }

        _start += socket.Send(_together.AsSpan(_start, _end - _start));
        if (_start < _end)
        {
            return false;
        }

        Drop();
        return true;
    }

    /// <summary>False: there is no room for all of it.</summary>
    private bool SendUnsent()
    {
        if (!SendTogether())
        {
            return false;
        }

        _unsent = _unsent[socket.Send(_unsent.Span)..];
        if (_unsent.Length > 0)
        {
            return false;
        }

        WatchForRoom(false);
        return true;
    }

    private ValueTask WaitForRoom(ReadOnlyMemory<byte> unsent, CancellationToken cancellationToken)
    {
        WatchForRoom(true);
        _unsent = unsent;
        var version = _call.Begin(cancellationToken);
        if (socket.IsClosed || _call.IsCancelled)
        {
            socket.Look();
        }

        return new ValueTask(_call, version);
    }

    private void WatchForRoom(bool wanted)
    {
        if (wanted != _isWatchingForRoom)
        {
            socket.WatchForRoom(wanted);
            _isWatchingForRoom = wanted;
        }
    }

    private void Break(IOException reason)
    {
        _broken ??= reason;
        Drop();
        socket.Close();
    }

    private void Drop()
    {
        if (_together is not null)
        {
            ArrayPool<byte>.Shared.Return(_together);
            (_together, _start, _end) = (null, 0, 0);
        }
    }

    private void ThrowIfBroken()
    {
        if (_broken is not null)
        {
            throw new IOException(_broken.Message, _broken);
        }

        socket.ThrowIfClosed();
    }
}
