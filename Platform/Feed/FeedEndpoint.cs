using System.Text.Json;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;

namespace PartnerPlatform.Platform.Feed;

/// <summary><c>GET /feed?after=CURSOR</c>: nodes follow what gateways enforce, Identity follows clients.</summary>
public static class FeedEndpoint
{
    public static void MapFeed(this IEndpointRouteBuilder app) =>
        app.MapGet("/feed", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Node, Roles.Identity));

    private static async Task Handle(
        HttpContext http, FeedReader reader, FeedAcks acks, FeedSignal signal, FeedOptions options, TimeProvider time, ILogger<FeedReader> log,
        IHostApplicationLifetime life)
    {
        var caller = http.User.ToCaller();
        var audience = caller.Role == Roles.Node ? Audiences.Gateway : Audiences.Identity;
        var cursor = FeedCursor.Parse(http.Request.Query["after"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        var deadline = time.GetTimestamp() + (long)(options.Hold.TotalSeconds * time.TimestampFrequency);
        var acknowledged = false;
        while (true)
        {
            var next = signal.NextEntry;
            var page = await reader.Read(audience, cursor, stop.Token);
            if (cursor is { } after && !page.Snapshot && !acknowledged)
            {
                await acks.Record(caller.Name, after.Number, stop.Token);
                acknowledged = true;
            }

            var left = TimeSpan.FromSeconds((deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
            if (page.Snapshot || page.Entries.Count > 0 || left <= TimeSpan.Zero)
            {
                if (page.Snapshot)
                {
                    FeedLog.Snapshot(log, caller.Name, audience, page.Entries.Count, cursor?.ToString() ?? "nothing");
                }

                http.Response.ContentType = "application/json";
                await JsonSerializer.SerializeAsync(http.Response.Body, page, ContractJson.Options, stop.Token);
                return;
            }

            using var poll = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var wait = left < options.PollWithoutNotify ? left : options.PollWithoutNotify;
            await Task.WhenAny(next, Task.Delay(wait, time, poll.Token));
            await poll.CancelAsync();
            stop.Token.ThrowIfCancellationRequested();
        }
    }
}
