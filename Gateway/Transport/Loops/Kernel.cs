using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>The calls of Linux that a loop is made of: epoll(7), eventfd(2), recv(2), send(2). They never wait, except for events, and return -1 when they fail, for <see cref="LastError"/>.</summary>
internal static unsafe partial class Kernel
{
    /// <summary>It would have to wait.</summary>
    public const int Again = 11;

    /// <summary>A signal came in between.</summary>
    public const int Interrupted = 4;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    private const int CloseOnExecute = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int PeekOnly = 0x2;

    public static int LastError => Marshal.GetLastPInvokeError();

    /// <exception cref="IOException">There are no file descriptors left.</exception>
    public static SafeFileHandle CreateEpoll() => Opened(EpollCreate(CloseOnExecute));

    /// <summary>A counter that can be waited for.</summary>
    /// <exception cref="IOException">There are no file descriptors left.</exception>
    public static SafeFileHandle CreateEvent() => Opened(EventFd(0, CloseOnExecute | NonBlocking));

    /// <summary>Bytes taken; 0 = the peer is done.</summary>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Recv(socket, start, (nuint)buffer.Length, DoNotWait);
        }
    }

    /// <summary>1: there is something, which stays there; 0 = the peer is done.</summary>
    public static int Peek(SafeHandle socket)
    {
        byte one;
        return (int)Recv(socket, &one, 1, DoNotWait | PeekOnly);
    }

    /// <summary>Bytes handed over. A peer that is gone is an error, not a signal.</summary>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            return (int)Send(socket, start, (nuint)data.Length, DoNotWait | NoSignal);
        }
    }

    /// <summary>Adds one to an event's counter, which wakes who waits for it.</summary>
    public static void Signal(SafeFileHandle counter)
    {
        ulong one = 1;
        if (Write(counter, &one, sizeof(ulong)) < 0)
        {
            throw Failure("write to an eventfd");
        }
    }

    public static IOException Failure(string call) => new($"{call}: {Marshal.GetPInvokeErrorMessage(LastError)}");

    private static SafeFileHandle Opened(int descriptor) => descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("epoll_create1 or eventfd");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(SafeHandle epoll, int operation, SafeHandle watched, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeHandle epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle file, void* data, nuint length);
}
