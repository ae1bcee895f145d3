using PartnerPlatform.Demo.Output;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Demo.Parts;

/// <summary>The parts that run, in the order of their start.</summary>
internal sealed class Running : IAsyncDisposable
{
    /// <summary>Long enough to see that clients go on meanwhile.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Part> _parts = [];

    private Part[] Parts
    {
        get
        {
            lock (_gate)
            {
                return [.. _parts];
            }
        }
    }

    public void Add(Part part)
    {
        lock (_gate)
        {
            _parts.Add(part);
        }
    }

    /// <summary>Until the end: a part that died is started again after a while.</summary>
    public async Task WatchAsync(CancellationToken end)
    {
        var told = new HashSet<Part>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await timer.WaitForNextTickAsync(end))
        {
            var dead = Parts.Where(part => part.Process().HasExited && told.Add(part)).ToArray();
            if (dead.Length == 0)
            {
                continue;
            }

            // Those that are killed together come back together, in the order of a start.
            await Task.Delay(TimeSpan.FromSeconds(1), end);
            dead = [.. Parts.Where(part => part.Process().HasExited)];
            foreach (var part in dead)
            {
                told.Add(part);
                Terminal.Say($"{part.Name} ended {How(part.Process())}{(part.StartAgainAsync is null ? "; its data was in memory: run ./run.sh again" : $"; it is started again in {Absence.TotalSeconds:0} s")}");
            }

            await Task.Delay(Absence, end);
            foreach (var part in dead.Where(part => part.StartAgainAsync is not null))
            {
                await StartAgainAsync(part, end);
                told.Remove(part);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Parts.Reverse())
        {
            await Terminal.StepAsync($"stopping {part.Name}", async () =>
            {
                var process = part.Process();
                await part.StopAsync();
                await process.WaitForExitAsync();
                return process.ExitCode is 0 or 143 ? "" : $"ended {How(process)}";
            });
        }
    }

    private static async Task StartAgainAsync(Part part, CancellationToken end)
    {
        try
        {
            await Terminal.StepAsync($"{part.Name} again", async () =>
            {
                await part.StartAgainAsync!(end);
                return "serves";
            });
        }
        catch (StackException failure)
        {
            Terminal.Fail(failure);
        }
    }

    private static string How(ManagedProcess process) => process.ExitCode > 128 ? $"by signal {process.ExitCode - 128}" : $"with code {process.ExitCode}";
}
