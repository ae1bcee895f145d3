using PartnerPlatform.Platform.Database;
using Wolverine;

namespace PartnerPlatform.Platform.Commands;

/// <summary>Looks now and then for what is due by time, or by what happened while nobody was there to be woken.</summary>
/// <param name="what">For the log.</param>
public abstract partial class SweepClock(string what, TimeSpan period, IServiceScopeFactory scopes, DatabaseStart database, TimeProvider time, ILogger log) : BackgroundService
{
    protected abstract Task Sweep(IMessageBus bus, CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Done.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timer = new PeriodicTimer(period, time);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await Sweep(scope.ServiceProvider.GetRequiredService<IMessageBus>(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // One that cannot be done must not end Platform, nor all those to come.
                NotSwept(log, Conflicts.IsUnavailable(e) ? null : e, what, e.GetType().Name);
            }
        }
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Warning, "{What} were not looked at ({Fault}); they are, in a while")]
    private static partial void NotSwept(ILogger logger, Exception? unexpected, string what, string fault);
}
