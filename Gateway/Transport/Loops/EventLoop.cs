using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>
/// A thread that watches sockets and goes on with whatever waits for them (docs/decisions/0070). Nothing may block there. A socket is watched by a number that is never given twice:
/// what was told of one that has been closed meanwhile finds nobody, also when its file descriptor is in use again.
/// </summary>
public sealed class EventLoop
{
    /// <summary>No socket has it.</summary>
    internal const ulong NoNumber = WakeNumber;

    private const ulong WakeNumber = 0;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly Epoll _epoll = new();
    private readonly SafeFileHandle _wake = Kernel.CreateEvent();
    private readonly ConcurrentDictionary<ulong, SocketChannel> _watched = new();

    /// <summary>Posted by other threads.</summary>
    private readonly ConcurrentQueue<SocketChannel> _posted = new();

    /// <summary>Hold small pieces that were sent in what is gone through now.</summary>
    private readonly List<SocketChannel> _unflushed = [];

    /// <summary>Posted by the loop's own thread: their turn comes when everything that is ready now has had one.</summary>
    private Queue<SocketChannel> _next = new();
    private Queue<SocketChannel> _now = new();
    private ulong _last = WakeNumber;
    private int _isWoken;

    internal EventLoop(string name)
    {
        // Of edges the counter need not be read.
        _epoll.Add(_wake, WakeNumber, Readiness.Input | Readiness.Edges);
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Sockets that it watches now.</summary>
    public int Count => _watched.Count;

    /// <summary>The caller runs on its thread.</summary>
    public bool IsCurrent => _current == this;

    /// <summary>Begins to watch; returns the number.</summary>
    /// <exception cref="IOException">It cannot be watched.</exception>
    internal ulong Watch(SocketChannel channel, SafeHandle socket, Readiness wanted)
    {
        var number = Interlocked.Increment(ref _last);
        _watched[number] = channel;
        try
        {
            _epoll.Add(socket, number, wanted);
            return number;
        }
        catch
        {
            Forget(number);
            throw;
        }
    }

    /// <exception cref="IOException">It is not watched.</exception>
    internal void Change(ulong number, SafeHandle socket, Readiness wanted) => _epoll.Change(socket, number, wanted);

    /// <summary>Ends watching a socket that is about to be closed, which the kernel sees by itself.</summary>
    internal void Forget(ulong number) => _watched.TryRemove(number, out _);

    /// <summary>Ends watching a socket that stays open.</summary>
    /// <exception cref="IOException">It is not watched.</exception>
    internal void Release(ulong number, SafeHandle socket)
    {
        Forget(number);
        _epoll.Remove(socket);
    }

    /// <summary>Has the loop look at a channel in its next round. Any thread may ask.</summary>
    internal void Post(SocketChannel channel)
    {
        if (IsCurrent)
        {
            _next.Enqueue(channel);
            return;
        }

        _posted.Enqueue(channel);
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            Kernel.Signal(_wake);
        }
    }

    /// <summary>Has a channel flush when what is gone through now is done. For the loop's own thread.</summary>
    internal void FlushLater(SocketChannel channel) => _unflushed.Add(channel);

    private void Run()
    {
        _current = this;
        while (true)
        {
            var count = _epoll.Wait(onlyLook: _next.Count > 0);
            for (var i = 0; i < count; i++)
            {
                var (number, ready) = _epoll[i];
                if (_watched.TryGetValue(number, out var channel))
                {
                    Proceed(channel, ready);
                }
            }

            // Before the queue is read: who posts later wakes again.
            Interlocked.Exchange(ref _isWoken, 0);
            while (_posted.TryDequeue(out var channel))
            {
                Proceed(channel, Readiness.None);
            }

            (_now, _next) = (_next, _now);
            while (_now.TryDequeue(out var channel))
            {
                Proceed(channel, Readiness.None);
            }
        }
    }

    private void Proceed(SocketChannel channel, Readiness ready)
    {
        channel.Proceed(ready);
        foreach (var unflushed in _unflushed)
        {
            unflushed.Flush();
        }

        _unflushed.Clear();
    }
}
