using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>Platform as Identity sees it: <c>GET /feed</c>, held for a second, with cursors <c>number:row</c>.</summary>
public sealed class FakePlatform : IAsyncDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<FeedEntry> _log = [];
    private readonly ConcurrentDictionary<string, PersonDocument> _admitted = new();
    private readonly ConcurrentDictionary<string, byte> _removed = new();
    private readonly int _port = FreePorts.Take();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _database = Guid.NewGuid().ToString("n");
    private WebApplication? _app;

    public Uri Url => new($"http://127.0.0.1:{_port}");

    /// <summary>Cursors that were asked for, in order; an empty text for none.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Tokens { get; } = new();

    /// <summary>Names of organisations that are known; the id is <c>organization-</c> and the name.</summary>
    public ConcurrentDictionary<string, byte> Organizations { get; } = new(new Dictionary<string, byte> { ["acme"] = 0, ["globex"] = 0 });

    /// <summary>Everyone whom Identity asked to let in, in order.</summary>
    public ConcurrentQueue<Admission> Admissions { get; } = new();

    public static async Task<FakePlatform> StartAsync()
    {
        var platform = new FakePlatform();
        await platform.ServeAsync();
        return platform;
    }

    public async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url.AbsoluteUri);
        _app = builder.Build();
        _app.MapGet("/feed", AnswerAsync);
        _app.MapPost("/people/admissions", Admit);
        _app.MapPost("/people/facts", static () => Results.NoContent());
        await _app.StartAsync();
    }

    public async Task GoAwayAsync()
    {
        if (_app is { } app)
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
            _app = null;
        }
    }

    public void Put(ClientDocument client) => Append(client.Id, JsonSerializer.SerializeToElement(client, ContractJson.Options));

    public void Put(PersonDocument person) => Append(person.Id, JsonSerializer.SerializeToElement(person, ContractJson.Options), FeedKinds.Person);

    public void Remove(string id) => Append(id, null);

    public void RemovePerson(string id)
    {
        _removed[id] = 0;
        Append(id, null, FeedKinds.Person);
    }

    public void Append(string id, JsonElement? content, string kind = FeedKinds.Client)
    {
        lock (_gate)
        {
            _log.Add(new FeedEntry(_log.Count + 1, FeedKinds.Key(kind, id), 1, DateTimeOffset.UtcNow, content));
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>As after a restore from a backup: the same numbers, but none of the cursors given out before.</summary>
    public void BecomeAnotherDatabase(params ClientDocument[] clients)
    {
        lock (_gate)
        {
            _database = Guid.NewGuid().ToString("n");
            _log.Clear();
        }

        foreach (var client in clients)
        {
            Put(client);
        }
    }

    public ValueTask DisposeAsync() => new(GoAwayAsync());

    private async Task<IResult> AnswerAsync(HttpContext context, string? after)
    {
        Tokens.Enqueue(context.Request.Headers.Authorization.ToString());
        Asked.Enqueue(after ?? "");
        var page = PageAfter(after, out var changed);
        if (page.Entries.Count == 0 && !page.Snapshot)
        {
            await Task.WhenAny(changed, Task.Delay(Hold, context.RequestAborted));
            page = PageAfter(after, out _);
        }

        return Results.Json(page, ContractJson.Options);
    }

    private IResult Admit(Admission admission)
    {
        Admissions.Enqueue(admission);
        if (_removed.ContainsKey(admission.Id))
        {
            return Results.Json(new NotAdmitted("FORBIDDEN", "removed"), ContractJson.Options, statusCode: StatusCodes.Status409Conflict);
        }

        if (admission.Organization is { } name && !Organizations.ContainsKey(name))
        {
            return Results.Json(new NotAdmitted("NOT_FOUND", "no such organisation"), ContractJson.Options, statusCode: StatusCodes.Status409Conflict);
        }

        var organization = admission.Organization is { } known ? $"organization-{known}" : null;
        var before = _admitted.GetValueOrDefault(admission.Id);
        var now = before is null ? new PersonDocument(admission.Id, admission.Role, organization, 0, null)
            : (before.Role, before.OrganizationId) == (admission.Role, organization) ? before
            : before with { Role = admission.Role, OrganizationId = organization, IssuedBefore = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1 };
        _admitted[admission.Id] = now;
        if (now != before)
        {
            Put(now);
        }

        return Results.Json(new Admitted(now.OrganizationId, now.IssuedBefore), ContractJson.Options);
    }

    private FeedPage PageAfter(string? after, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            var cursor = $"{_log.Count}:{_database}";
            if (after?.Split(':') is [var number, var database] && database == _database)
            {
                return new FeedPage(cursor, Snapshot: false, [.. _log.Skip(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))]);
            }

            var last = _log.GroupBy(entry => entry.Key).Select(group => group.Last()).Where(entry => entry.Content is not null);
            return new FeedPage(cursor, Snapshot: true, [.. last]);
        }
    }
}
