using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PartnerPlatform.Identity.Feed;

/// <summary>Keeps the clients in step with Platform; while Platform or the database is away, goes on with what there is and tries again.</summary>
internal sealed partial class FeedFollower(FeedClient feed, FeedApplier applier, FeedStatus status, TimeProvider time, ILogger<FeedFollower> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
                if (failures > 0)
                {
                    Recovered(failures);
                    failures = 0;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, clients at hand are served. The innermost says what is wrong; Entity Framework and the HTTP client wrap it.
                var fault = failure.GetBaseException().Message;
                status.Failed(fault);
                if (failures++ == 0)
                {
                    Lost(IsExpected(failure) ? null : failure, fault);
                }

                await Task.Delay(Pause(failures), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var after = await applier.CursorAsync(cancellation);
        var page = await feed.GetAsync(after, cancellation);
        // The next round asks by the cursor in the database, whoever moved it.
        await applier.ApplyAsync(after, page, cancellation);
        status.Reached();
    }

    /// <summary>Doubles up to the longest; spread over its upper half, so that instances do not come back all at once.</summary>
    private static TimeSpan Pause(int failures)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 10)));
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static bool IsExpected(Exception failure) =>
        failure is HttpRequestException or OperationCanceledException or IOException or JsonException or FormatException
            or NpgsqlException or DbUpdateException or InvalidOperationException;

    [LoggerMessage(Level = LogLevel.Warning, Message = "the feed is out of reach, going on with the clients at hand: {Fault}")]
    private partial void Lost(Exception? unexpected, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "the feed is followed again after {Failures} failed attempts")]
    private partial void Recovered(int failures);
}
