using PartnerPlatform.Platform.Database;
using Wolverine;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>Looks by itself now and then: whoever should have woken the sweep may have died.</summary>
public sealed class PendingZonesClock(
    IServiceScopeFactory scopes, DatabaseStart database, PendingZonesOptions options, TimeProvider time, ILogger<PendingZonesClock> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Done.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timer = new PeriodicTimer(options.Period, time);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(new SweepPendingZones(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                SweepLog.Skipped(log, e.GetType().Name);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken));
    }
}

internal static partial class SweepLog
{
    [LoggerMessage(1, LogLevel.Warning, "Pending zones were not looked at ({Fault}); they are, in a while")]
    public static partial void Skipped(ILogger log, string fault);
}
