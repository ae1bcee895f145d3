using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PartnerPlatform.Benchmarks.Measuring;

/// <summary>What Linux tells and does more exactly than the base library.</summary>
internal static partial class Native
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;
    private const int Interrupted = 4;
    private const int PriorityOfThread = 0;
    private const int LeastPriority = 19;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>User and system time of all threads of a process, ended ones too, to the nanosecond (/proc counts ticks of 10 ms).</summary>
    public static double CpuSeconds(int process)
    {
        // clock_getcpuclockid(3): the complement of the id, shifted, and 2 for the scheduler's clock.
        if (ClockGetTime((~process << 3) | 2, out var time) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Process {process} has no CPU clock any more.");
        }

        return time.Seconds + time.Nanoseconds / (double)NanosecondsPerSecond;
    }

    /// <summary>Lets the calling thread wake when its time has come instead of up to 50 microseconds later.</summary>
    public static void WakeExactly()
    {
        if (PrCtl(SetTimerSlack, 1, 0, 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "The timer slack cannot be set.");
        }
    }

    /// <summary>Has the calling thread take only the processor time that others leave: it stands for something on another machine.</summary>
    public static void GiveWay()
    {
        // 0 is the calling thread: Linux knows priorities of threads, not of processes.
        if (SetPriority(PriorityOfThread, 0, LeastPriority) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "The priority cannot be set.");
        }
    }

    /// <summary>Sleeps until a moment of the monotonic clock.</summary>
    /// <param name="timestamp">Of Stopwatch, which counts nanoseconds of that clock.</param>
    public static void SleepUntil(long timestamp)
    {
        var until = new TimeSpec(timestamp / NanosecondsPerSecond, timestamp % NanosecondsPerSecond);
        int error;
        while ((error = ClockNanosleep(ClockMonotonic, AbsoluteTime, until, 0)) != 0)
        {
            if (error != Interrupted)
            {
                throw new Win32Exception(error);
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpec until, nint remaining);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
