using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>The control plane as far as a node needs it: tokens, and a feed of what is appended here, behind what the node's state file holds.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    /// <summary>Beyond all numbers in state files.</summary>
    private const long FirstNumber = 1_000_000_000;

    private static readonly TimeSpan UsualHold = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<FeedEntry> _log = [];
    private readonly int _port = FreePorts.Take();
    private readonly TimeSpan _hold;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private int _applied;

    /// <summary>Of a node that follows it.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["GATEWAY_PLATFORM_URL"] = Url, ["GATEWAY_IDENTITY_URL"] = Url };

    /// <summary>Entries that the node has applied: it asked for what follows them.</summary>
    public int Applied => Volatile.Read(ref _applied);

    private string Url => $"http://127.0.0.1:{_port}";

    private FeedServer(TimeSpan hold) => _hold = hold;

    /// <param name="hold">For which a question is held while there is nothing new.</param>
    public static async Task<FeedServer> StartAsync(TimeSpan? hold = null)
    {
        var server = new FeedServer(hold ?? UsualHold);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(server.Url);
        server._app = builder.Build();
        server._app.MapPost("/connect/token", static () => Results.Json(new { access_token = "any", expires_in = 3600 }));
        server._app.MapPost("/nodes/facts", static () => Results.Json(new NodeFactsAnswer(Convert.ToBase64String(new byte[32])), ContractJson.Options));
        server._app.MapGet("/feed", server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public void Append((string Kind, string Id, object Document) change)
    {
        var content = JsonSerializer.SerializeToElement(change.Document, change.Document.GetType(), ContractJson.Options);
        lock (_gate)
        {
            var number = FirstNumber + _log.Count;
            _log.Add(new FeedEntry(number, FeedKinds.Key(change.Kind, change.Id), number, DateTimeOffset.UtcNow, content));
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext context, string? after)
    {
        // A cursor of the state file stands before everything that is appended here.
        var known = after?.Split(':') is [var number, "feed"] ? (int)(long.Parse(number, System.Globalization.CultureInfo.InvariantCulture) - FirstNumber) + 1 : 0;
        Volatile.Write(ref _applied, known);
        var page = PageAfter(known, after ?? "", out var changed);
        if (page.Entries.Count == 0)
        {
            await Task.WhenAny(changed, Task.Delay(_hold, context.RequestAborted));
            page = PageAfter(known, after ?? "", out _);
        }

        return Results.Json(page, ContractJson.Options);
    }

    private FeedPage PageAfter(int known, string cursor, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            return new FeedPage(_log.Count > known ? $"{FirstNumber + _log.Count - 1}:feed" : cursor, Snapshot: false, _log[known..]);
        }
    }
}
