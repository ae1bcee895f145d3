using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>Files that are watched, each by a number of ours. One thread waits, any may change what is watched. It lives as long as the process.</summary>
internal sealed unsafe class Epoll
{
    /// <summary>Events taken at a time.</summary>
    private const int Most = 256;

    /// <summary>The kernel's struct is 4 bytes of bits and 8 of data; on x64 it is packed, elsewhere it is not.</summary>
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(ulong);

    private static readonly int EventBytes = DataAt + sizeof(ulong);

    private readonly SafeFileHandle _epoll = Kernel.CreateEpoll();
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Most * EventBytes));

    /// <summary>What has happened, of as many as <see cref="Wait"/> counted.</summary>
    public (ulong Number, Readiness Ready) this[int index]
    {
        get
        {
            var happened = _events + index * EventBytes;
            return (*(ulong*)(happened + DataAt), *(Readiness*)happened);
        }
    }

    /// <exception cref="IOException">It cannot be watched.</exception>
    public void Add(SafeHandle file, ulong number, Readiness wanted) => Control(Kernel.EpollAdd, file, number, wanted);

    /// <summary>What is wanted now and is so already is told as well.</summary>
    /// <exception cref="IOException">It is not watched.</exception>
    public void Change(SafeHandle file, ulong number, Readiness wanted) => Control(Kernel.EpollModify, file, number, wanted);

    /// <exception cref="IOException">It is not watched.</exception>
    public void Remove(SafeHandle file) => Control(Kernel.EpollDelete, file, 0, Readiness.None);

    /// <summary>Waits until something happens; returns how much has.</summary>
    /// <param name="onlyLook">Does not wait.</param>
    public int Wait(bool onlyLook)
    {
        var count = Kernel.EpollWait(_epoll, _events, Most, onlyLook ? 0 : -1);
        return count >= 0 ? count
            : Kernel.LastError == Kernel.Interrupted ? 0
            : throw Kernel.Failure("epoll_wait");
    }

    private void Control(int operation, SafeHandle file, ulong number, Readiness wanted)
    {
        var described = stackalloc byte[EventBytes];
        *(Readiness*)described = wanted;
        *(ulong*)(described + DataAt) = number;
        if (Kernel.EpollControl(_epoll, operation, file, described) < 0)
        {
            throw Kernel.Failure("epoll_ctl");
        }
    }
}
