using System.Data;
using Npgsql;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Platform.Feed;

/// <summary>Reads what follows a cursor, or everything, in one consistent read.</summary>
public sealed class FeedReader(NpgsqlDataSource database, FeedOptions options)
{
    public async Task<FeedPage> Read(string audience, FeedCursor? after, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var head = (long)(await Scalar(connection, "select number from platform.feed_counter where id = 1", ct))!;
        var page = after is { } cursor && head - cursor.Number <= options.MaximumLag && await IsOurs(connection, cursor, ct)
            ? await Following(connection, audience, cursor, ct)
            : await Everything(connection, audience, head, ct);
        await transaction.CommitAsync(ct);
        return page;
    }

    private static async Task<bool> IsOurs(NpgsqlConnection connection, FeedCursor cursor, CancellationToken ct) =>
        cursor == FeedCursor.Start || await RowId(connection, cursor.Number, ct) == cursor.RowId;

    private static async Task<Guid?> RowId(NpgsqlConnection connection, long number, CancellationToken ct) =>
        await Scalar(connection, "select row_id from platform.feed where number = $1", ct, number) as Guid?;

    private async Task<FeedPage> Following(NpgsqlConnection connection, string audience, FeedCursor after, CancellationToken ct)
    {
        var cursor = after;
        var entries = new List<FeedEntry>();
        await using (var command = Command(connection, """
            select number, row_id, at, key, version, content::text from platform.feed where audience = $1 and number > $2 order by number limit $3
            """, audience, after.Number, options.PageSize))
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                cursor = new FeedCursor(reader.GetInt64(0), reader.GetGuid(1));
                entries.Add(new FeedEntry(reader.GetInt64(0), reader.GetString(3), reader.GetInt64(4), At(reader, 2),
                    FeedJson.Read(await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5))));
            }
        }

        return new FeedPage(cursor.ToString(), false, entries);
    }

    private static async Task<FeedPage> Everything(NpgsqlConnection connection, string audience, long head, CancellationToken ct)
    {
        var entries = new List<FeedEntry>();
        await using (var command = Command(connection, """
            select number, at, key, version, content::text from platform.feed_documents
            where audience = $1 and content is not null order by number
            """, audience))
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                entries.Add(new FeedEntry(reader.GetInt64(0), reader.GetString(2), reader.GetInt64(3), At(reader, 1), FeedJson.Read(reader.GetString(4))));
            }
        }

        var cursor = head == 0 ? FeedCursor.Start : new FeedCursor(head, (await RowId(connection, head, ct))!.Value);
        return new FeedPage(cursor.ToString(), true, entries);
    }

    private static DateTimeOffset At(NpgsqlDataReader reader, int column) => new(reader.GetDateTime(column), TimeSpan.Zero);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(ct);
    }
}
