using Npgsql;

namespace PartnerPlatform.Platform.Feed;

/// <summary>
/// One LISTEN connection per process wakes all held requests. While it is away they look by themselves now and then;
/// each (re)connection wakes them all, so that nothing which happened in between is slept through.
/// </summary>
public sealed class FeedSignal(NpgsqlDataSource database, TimeProvider time, ILogger<FeedSignal> log) : BackgroundService
{
    private volatile TaskCompletionSource _feed = New();
    private volatile TaskCompletionSource _acks = New();
    private bool? _listening;

    /// <summary>Take it before reading, await it when there was nothing to read.</summary>
    public Task NextEntry => _feed.Task;

    public Task NextAck => _acks.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (_listening is not false)
                {
                    FeedLog.ListenLost(log, e.GetType().Name);
                }

                _listening = false;
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, e) => Pulse(e.Channel == FeedTables.Channel);
        await using (var command = new NpgsqlCommand($"listen {FeedTables.Channel}; listen {FeedTables.AckChannel}", connection))
        {
            await command.ExecuteNonQueryAsync(ct);
        }

        FeedLog.Listening(log);
        _listening = true;
        Pulse(true);
        Pulse(false);
        while (true)
        {
            // A connection that died silently is found out by asking; notifications come in with the answer too.
            if (!await connection.WaitAsync(TimeSpan.FromSeconds(15), ct))
            {
                await using var probe = new NpgsqlCommand("select 1", connection);
                await probe.ExecuteScalarAsync(ct);
            }
        }
    }

    private void Pulse(bool feed)
    {
        var woken = feed ? Interlocked.Exchange(ref _feed, New()) : Interlocked.Exchange(ref _acks, New());
        woken.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal static partial class FeedLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening for feed entries")]
    public static partial void Listening(ILogger log);

    [LoggerMessage(2, LogLevel.Warning, "The connection that listens for feed entries was lost ({Fault}); held requests look by themselves until it is back")]
    public static partial void ListenLost(ILogger log, string fault);

    [LoggerMessage(3, LogLevel.Information, "{Reader} reads {Audience} entries from a snapshot of {Entries}, asked after {Cursor}")]
    public static partial void Snapshot(ILogger log, string reader, string audience, int entries, string cursor);
}
