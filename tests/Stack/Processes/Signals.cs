using System.Runtime.InteropServices;

namespace PartnerPlatform.Stack.Processes;

/// <summary>Linux signal numbers that the parts understand.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    private const int NoSuchProcess = 3;

    /// <summary>False: there is no such process any more.</summary>
    public static bool Send(int process, Signal signal)
    {
        if (Kill(process, (int)signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess
            ? false
            : throw new StackException($"Signal {signal} to process {process} failed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
