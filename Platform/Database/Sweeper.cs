using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Database;

/// <summary>Rows of a room's own tables that have had their time.</summary>
/// <param name="What">For the log.</param>
/// <param name="Run">Deletes them; answers how many they were.</param>
public sealed record Sweep(string What, Func<CancellationToken, Task<int>> Run);

/// <summary>Runs all sweeps once a minute.</summary>
public sealed partial class Sweeper(IEnumerable<Sweep> sweeps, TimeProvider time, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var sweep in sweeps)
            {
                try
                {
                    await sweep.Run(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    NotSwept(Conflicts.IsUnavailable(e) ? null : e, sweep.What, e.GetType().Name);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Old {What} were not deleted ({Fault}); trying again in a minute")]
    private partial void NotSwept(Exception? unexpected, string what, string fault);
}
