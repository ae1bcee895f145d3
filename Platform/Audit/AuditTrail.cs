using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using GraphQL;
using Npgsql;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Audit;

[Description("One decision: who, what, why, when.")]
public sealed record AuditEntry(
    [property: Description("Position in the order of all events.")] long Sequence,
    [property: Description("Stream of the thing that was changed.")] string ThingId,
    [property: Description("Version of the thing after it.")] long Version,
    [property: Description("Kind of event; a stable name.")] string Event,
    [property: AllowedFor(Roles.Operator, Roles.Auditor), Description("The event as JSON; it never holds a secret.")] string Data,
    [property: Description("When.")] DateTimeOffset At,
    [property: Description("Who: OAuth client id, or the id of a user.")] string? Actor,
    [property: Description("Role in which the caller acted.")] string? Role,
    [property: Description("Why.")] string? Reason,
    [property: Description("Id of the change that it was part of.")] string? ChangeId);

/// <summary>Reads decisions from the events' own metadata: nothing to keep in step, nothing to lose.</summary>
public sealed class AuditTrail(NpgsqlDataSource database)
{
    private const string Columns =
        "seq_id, stream_id, version, type, data::text, timestamp, user_name, headers ->> 'role', headers ->> 'reason', correlation_id";

    /// <summary>Newest first. The caller has been checked for the thing already.</summary>
    public Task<Connection<AuditEntry>> History(IResolveFieldContext context, string stream, int first, string? after) =>
        Read(context, $"select {Columns} from platform.mt_events where stream_id = $1 and seq_id < $2 order by seq_id desc limit $3", first, after, stream);

    /// <summary>Newest first. A tombstone is no decision: Marten fills the place of an append that failed with it.</summary>
    public Task<Connection<AuditEntry>> Everything(IResolveFieldContext context, AuditFilter? filter, int first, string? after) =>
        Read(context, $"""
            select {Columns} from platform.mt_events
            where ($1::text is null or user_name = $1) and seq_id < $2 and type <> 'tombstone'
              and ($4::text is null or type = $4) and ($5::text is null or stream_id = $5) and ($6::text is null or correlation_id = $6)
              and ($7::timestamptz is null or timestamp >= $7) and ($8::timestamptz is null or timestamp < $8)
            order by seq_id desc limit $3
            """, first, after, filter?.Actor, filter?.Event, filter?.ThingId, filter?.ChangeId, filter?.From?.UtcDateTime, filter?.To?.UtcDateTime);

    /// <summary>The latest decision of these kinds in a stream whose data contains the JSON, at or before the moment.</summary>
    public async Task<AuditEntry?> Latest(string stream, IReadOnlyList<string> events, string containing, DateTimeOffset? at, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"""
            select {Columns} from platform.mt_events
            where stream_id = $1 and type = any ($2) and data @> $3::jsonb and ($4::timestamptz is null or timestamp <= $4) order by seq_id desc limit 1
            """);
        foreach (var value in (IEnumerable<object?>)[stream, events.ToArray(), containing, at?.UtcDateTime])
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Entry(reader) : null;
    }

    private async Task<Connection<AuditEntry>> Read(
        IResolveFieldContext context, string sql, int first, string? after, object? key, params object?[] more)
    {
        Paging.Check(first);
        var before = Paging.Decode(after) is { } place && long.TryParse(place, CultureInfo.InvariantCulture, out var n) ? n : long.MaxValue;
        await using var command = database.CreateCommand(sql);
        foreach (var value in (IEnumerable<object?>)[key, before, (long)first + 1, .. more])
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        var rows = new List<AuditEntry>();
        await using var reader = await command.ExecuteReaderAsync(context.CancellationToken);
        while (await reader.ReadAsync(context.CancellationToken))
        {
            rows.Add(Entry(reader));
        }

        return Paging.Page(rows, first, r => r, r => r.Sequence.ToString(CultureInfo.InvariantCulture));
    }

    private static AuditEntry Entry(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4),
        new DateTimeOffset(reader.GetDateTime(5), TimeSpan.Zero), Text(reader, 6), Text(reader, 7), Text(reader, 8), Text(reader, 9));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

[Description("Which decisions.")]
public sealed class AuditFilter
{
    [Description("OAuth client id, or id of the user, who decided.")]
    public string? Actor { get; set; }

    [Description("Kind of event.")]
    public string? Event { get; set; }

    [Description("Id of the changed thing.")]
    public string? ThingId { get; set; }

    [Description("Id of the change.")]
    public string? ChangeId { get; set; }

    [Description("From this moment on.")]
    public DateTimeOffset? From { get; set; }

    [Description("Before this moment.")]
    public DateTimeOffset? To { get; set; }
}
