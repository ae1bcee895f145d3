using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Clients;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Feed;

/// <summary>Makes clients and people what a page of the feed says, in one transaction with the cursor.</summary>
internal sealed partial class FeedApplier(IDbContextFactory<IdentityDatabase> databases, TimeProvider time, ILogger<FeedApplier> logger)
{
    public async Task<string?> CursorAsync(CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Cursors.Where(cursor => cursor.Id == StoredCursor.OnlyId).Select(cursor => cursor.Value).SingleOrDefaultAsync(cancellation);
    }

    /// <param name="after">The cursor that the page was asked for with.</param>
    /// <returns>False: another instance has moved the cursor meanwhile, nothing was changed.</returns>
    public async Task<bool> ApplyAsync(string? after, FeedPage page, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        if (!await MoveCursorAsync(database, after, page.Cursor, cancellation))
        {
            return false;
        }

        var clients = Documents<ClientDocument>(page, FeedKinds.Client, static client => client is { ClientId.Length: > 0, Role.Length: > 0, SecretHashes: not null } ? client.Id : null);
        var people = Documents<PersonDocument>(page, FeedKinds.Person, static person => person is { Role.Length: > 0, Code: null or { Hash.Length: > 0 } } ? person.Id : null);
        if (page.Snapshot && after is not null && await SharesNothingAsync(database, [.. clients.Keys, .. people.Keys], cancellation))
        {
            // Clients and people that are removed lose their passwords for good: a database that was mistaken for Platform's, or lost, must not do that.
            throw new InvalidOperationException("Platform's feed holds none of the clients and people that are here: it is another installation's. If that is meant, delete the row of identity.feed_cursor.");
        }

        var removed = await ClientRows.ApplyAsync(database, clients, page.Snapshot, cancellation)
            + await PeopleRows.ApplyAsync(database, people, page.Snapshot, cancellation);
        await transaction.CommitAsync(cancellation);
        foreach (var kind in page.Entries.Select(entry => FeedKinds.Split(entry.Key).Kind).Where(kind => kind is not (FeedKinds.Client or FeedKinds.Person)).Distinct())
        {
            // A newer Platform may tell more than this version knows of.
            UnknownKind(kind);
        }

        if (clients.Count + people.Count + removed > 0 || page.Snapshot)
        {
            Applied(page.Snapshot ? "snapshot" : "changes", clients.Count, people.Count, removed, page.Cursor);
        }

        return true;
    }

    /// <summary>Somebody is here, and nobody of them among these. Ids are never given twice.</summary>
    private static async Task<bool> SharesNothingAsync(IdentityDatabase database, string[] ids, CancellationToken cancellation)
    {
        var here = await database.People.Select(person => person.Id)
            .Concat(database.Set<OpenIddictEntityFrameworkCoreApplication>().Where(client => client.Id != PortalClient.Id).Select(client => client.Id!)).ToArrayAsync(cancellation);
        return here.Length > 0 && !here.Intersect(ids).Any();
    }

    private async Task<bool> MoveCursorAsync(IdentityDatabase database, string? after, string next, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var moved = after is null
            ? await database.Database.ExecuteSqlAsync(
                $"INSERT INTO identity.feed_cursor (id, value, applied_at) VALUES ({StoredCursor.OnlyId}, {next}, {now}) ON CONFLICT DO NOTHING", cancellation)
            : await database.Cursors.Where(cursor => cursor.Value == after)
                .ExecuteUpdateAsync(row => row.SetProperty(cursor => cursor.Value, next).SetProperty(cursor => cursor.AppliedAt, now), cancellation);
        return moved == 1;
    }

    /// <summary>By id; null = removed. A document that comes twice counts as it is last: within a page nothing in between is ever seen.</summary>
    /// <param name="idOf">The id that the document itself tells; null = it is none of this kind.</param>
    private static Dictionary<string, T?> Documents<T>(FeedPage page, string kind, Func<T, string?> idOf) where T : class => page.Entries
        .Select(entry => (Key: FeedKinds.Split(entry.Key), entry.Content))
        .Where(entry => entry.Key.Kind == kind)
        .GroupBy(entry => entry.Key.Id)
        .ToDictionary(group => group.Key, group => Read(kind, group.Key, group.Last().Content, idOf));

    private static T? Read<T>(string kind, string id, JsonElement? content, Func<T, string?> idOf) where T : class
    {
        if (content is not { ValueKind: not JsonValueKind.Null } element)
        {
            return null;
        }

        return element.Deserialize<T>(ContractJson.Options) is { } document && idOf(document) == id
            ? document
            : throw new JsonException($"The feed's document {kind}/{id} is not a {kind}.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "feed {What} applied: {Clients} clients, {People} people, {Removed} of them removed, cursor {Cursor}")]
    private partial void Applied(string what, int clients, int people, int removed, string cursor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "feed entry of unknown kind {Kind} passed over")]
    private partial void UnknownKind(string kind);
}
