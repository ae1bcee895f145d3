using Marten;
using Npgsql;
using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Platform.People;

/// <param name="Name">What the person wants to be called; until the invitation is accepted, what its sender wrote.</param>
/// <param name="AcceptedAt">When the invitation was accepted; null = not yet.</param>
public sealed record Profile(string? Name, DateTimeOffset? AcceptedAt)
{
    public static readonly Profile None = new(null, null);
}

/// <summary>What there is to show of people. A table and not events, so that a person who is removed leaves no name behind.</summary>
public sealed class PeopleNames(NpgsqlDataSource database)
{
    public const string Sql = """
        create table if not exists platform.people_names (
          id text primary key,
          name text null,
          accepted_at timestamptz null);
        """;

    public static void Queue(IDocumentSession session, string id, string? name)
    {
        if (name is not null)
        {
            session.QueueSqlCommand("insert into platform.people_names (id, name) values (?, ?) on conflict (id) do update set name = excluded.name", id, name);
        }
    }

    public static void QueueErasure(IDocumentSession session, string id) => session.QueueSqlCommand("delete from platform.people_names where id = ?", id);

    /// <summary>Keeps what Identity told, unless the person is removed: the lock makes a removal that is under way come first.</summary>
    public async Task Keep(PersonFacts facts, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            insert into platform.people_names (id, name, accepted_at)
            select id, $2, $3 from platform.mt_doc_person where id = $1 and not (data ->> 'Removed')::boolean for share
            on conflict (id) do update set name = excluded.name, accepted_at = excluded.accepted_at
            """);
        command.Parameters.Add(new() { Value = facts.Id });
        command.Parameters.Add(new() { Value = facts.DisplayName });
        command.Parameters.Add(new() { Value = facts.AcceptedAt.ToUniversalTime() });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<bool> HasAccepted(string id, CancellationToken ct) =>
        (await Find([id], ct)).GetValueOrDefault(id, Profile.None).AcceptedAt is not null;

    public async Task<IReadOnlyDictionary<string, Profile>> Find(IReadOnlyList<string> ids, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select id, name, accepted_at from platform.people_names where id = any($1)");
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<string, Profile>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetString(0)] = new Profile(
                await reader.IsDBNullAsync(1, ct) ? null : reader.GetString(1),
                await reader.IsDBNullAsync(2, ct) ? null : new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero));
        }

        return found;
    }
}
