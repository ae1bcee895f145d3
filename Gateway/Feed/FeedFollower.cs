using System.Net;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Model;
using Wolverine;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>One entry of the feed, on its way to the model.</summary>
public sealed record DocumentChanged(FeedEntry Entry);

/// <summary>Everything there is, in the place of whatever the node holds.</summary>
public sealed record SnapshotReceived(IReadOnlyList<FeedEntry> Entries);

/// <summary>
/// Follows the gateway feed: asks for what follows its cursor, hands each entry to the model as a message, in order, and writes the state
/// file behind. The next question acknowledges. What cannot be applied is not stepped over: it is asked for again, and health says so.
/// </summary>
public sealed partial class FeedFollower(
    PlatformClient platform, IServiceScopeFactory scopes, ModelStore model, FeedStatus status, StateWriter state, IHostApplicationLifetime life, TimeProvider time,
    ILogger<FeedFollower> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A held request is answered after 25 seconds at the latest.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(40);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(RequestLimit);
            try
            {
                var page = await platform.ReadFeedAsync(status.Cursor, limit.Token);
                await ApplyAsync(page, stoppingToken);
                if (status.Problem is not null)
                {
                    LogBack(status.Number);
                }

                (status.Problem, pause) = (null, FirstPause);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is: clients are served from what the node has, and health says so.
                if (status.Problem is null)
                {
                    LogAway(e is HttpRequestException or OperationCanceledException ? null : e, e.Message);
                }

                status.Failed(time.GetUtcNow(), isRefusal: e is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden });
                status.Problem = e.Message;
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>The bus takes messages only once the whole host has started.</summary>
    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task ApplyAsync(FeedPage page, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        var before = model.Applied;
        if (page.Snapshot)
        {
            if (model.SharesNothingWith(page.Entries))
            {
                // A database that was mistaken for ours, or lost, must not end every session.
                throw new NotAppliedException("The control plane's feed holds nothing of what the node has: it is another installation's. If that is meant, stop the node and remove its state file.");
            }

            await bus.InvokeAsync(new SnapshotReceived(page.Entries), cancellationToken);
            Expect(before + 1);
        }
        else
        {
            foreach (var entry in page.Entries)
            {
                await bus.InvokeAsync(new DocumentChanged(entry), cancellationToken);
                Expect(++before);
            }
        }

        status.InTouch(time.GetUtcNow());
        if (status.Cursor != page.Cursor || page.Snapshot)
        {
            status.At(page.Cursor);
            state.Write();
        }
        else
        {
            state.WriteIfOld();
        }
    }

    /// <summary>The bus completes a message that no handler takes: only what the model counted has been applied.</summary>
    private void Expect(long applied)
    {
        if (model.Applied != applied)
        {
            throw new NotAppliedException("A feed entry did not reach the model.");
        }
    }

    private sealed class NotAppliedException(string message) : Exception(message);

    [LoggerMessage(LogLevel.Warning, "The feed cannot be followed, the node goes on with what it has: {Reason}")]
    private partial void LogAway(Exception? unexpected, string reason);

    [LoggerMessage(LogLevel.Information, "The feed is followed again, at {Number}")]
    private partial void LogBack(long number);
}

/// <summary>Takes feed entries into the model.</summary>
public static class FeedHandler
{
    public static void Handle(DocumentChanged message, ModelStore model) => model.Apply(message.Entry);

    public static void Handle(SnapshotReceived message, ModelStore model) => model.Replace(message.Entries);
}
