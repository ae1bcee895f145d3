using System.Collections.Concurrent;
using Npgsql;

namespace PartnerPlatform.Platform.Feed;

/// <summary>What readers have applied: asking for what follows a number acknowledges it.</summary>
public sealed class FeedAcks(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<string, long> _written = new();

    public async Task Record(string reader, long number, CancellationToken ct)
    {
        if (_written.TryGetValue(reader, out var written) && written == number)
        {
            return;
        }

        await using var command = database.CreateCommand("""
            with ack as (
              insert into platform.feed_acks (reader, number, at) values ($1, $2, clock_timestamp())
              on conflict (reader) do update set number = excluded.number, at = excluded.at where feed_acks.number <> excluded.number
              returning number)
            select pg_notify('platform_feed_ack', '') from ack
            """);
        command.Parameters.Add(new() { Value = reader });
        command.Parameters.Add(new() { Value = number });
        await command.ExecuteNonQueryAsync(ct);
        _written[reader] = number;
    }
}
