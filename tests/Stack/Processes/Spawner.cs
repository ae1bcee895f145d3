using System.Collections.Concurrent;
using System.Diagnostics;

namespace PartnerPlatform.Stack.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this process. The parent-death signal (prctl(2), PR_SET_PDEATHSIG) is sent when
/// the <b>thread</b> that started a child ends: from a pool thread the child would die whenever the pool shrinks.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<Action> Work = [];

    static Spawner() => new Thread(Run) { IsBackground = true, Name = "process spawner" }.Start();

    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new StackException($"{start.FileName} did not start."));
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    private static void Run()
    {
        foreach (var start in Work.GetConsumingEnumerable())
        {
            start();
        }
    }
}
