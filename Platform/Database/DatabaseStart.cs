using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Configuration;

namespace PartnerPlatform.Platform.Database;

/// <param name="ApplySchema">Apply the schema at start; else <c>db-apply</c> does it beforehand.</param>
public sealed record DatabaseStartOptions(bool ApplySchema);

/// <summary>What needs the database before others may begin; waits for it for as long as it takes.</summary>
public sealed class DatabaseStart(
    DatabaseSchema schema, DatabaseStartOptions options, FirstClient first, TimeProvider time, IHostApplicationLifetime life, ILogger<DatabaseStart> log)
    : BackgroundService
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 0; !stoppingToken.IsCancellationRequested; attempt++)
        {
            try
            {
                if (options.ApplySchema)
                {
                    await schema.Apply(stoppingToken);
                }

                await first.Ensure(stoppingToken);
                DatabaseLog.Ready(log);
                _done.TrySetResult();
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (InvalidSettingException e)
            {
                DatabaseLog.Cannot(log, e.Message);
                Environment.ExitCode = 1;
                life.StopApplication();
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (attempt % 10 == 0)
                {
                    DatabaseLog.Waiting(log, e.GetType().Name, e.Message.Split('\n')[0]);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

internal static partial class DatabaseLog
{
    [LoggerMessage(1, LogLevel.Information, "The database is ready")]
    public static partial void Ready(ILogger log);

    [LoggerMessage(2, LogLevel.Warning, "Waiting for the database ({Fault}: {Message})")]
    public static partial void Waiting(ILogger log, string fault, string message);

    [LoggerMessage(3, LogLevel.Critical, "{Message}")]
    public static partial void Cannot(ILogger log, string message);
}
