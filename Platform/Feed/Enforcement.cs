using Npgsql;

namespace PartnerPlatform.Platform.Feed;

/// <summary>How far a change got: who has to know, who has applied it.</summary>
/// <param name="Nodes">Nodes that were registered when the change was accepted, and still are.</param>
/// <param name="SlowestMs">Commit to the last acknowledgement; null until all have, or when later changes covered it.</param>
/// <param name="OutOfReach">Names of nodes that have not applied it and have not been heard of lately.</param>
public sealed record EnforcementState(int Nodes, int Applied, double? SlowestMs, IReadOnlyList<string> OutOfReach);

public sealed class Enforcement(NpgsqlDataSource database, FeedSignal signal, TimeProvider time)
{
    /// <summary>A node that neither asked nor reported for this long is out of reach; a held request takes 25 s.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private const string Sql = """
        select n.name, coalesce(a.number, 0) >= $1 as applied, extract(epoch from (a.at - f.at)) * 1000 as ms, a.number = $1 as exact,
          greatest(a.at, s.last_seen) is null or greatest(a.at, s.last_seen) < now() - $2 as silent
        from platform.feed f
        join platform.node_members n on n.registered_number <= f.number
        left join platform.feed_acks a on a.reader = n.name
        left join platform.node_state s on s.node = n.name
        where f.number = $1
        """;

    public async Task<EnforcementState> Now(long number, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = number });
        command.Parameters.Add(new() { Value = Silence });
        await using var reader = await command.ExecuteReaderAsync(ct);
        int nodes = 0, applied = 0;
        var exact = true;
        double slowest = 0;
        var away = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            nodes++;
            if (reader.GetBoolean(1))
            {
                applied++;
                exact &= reader.GetBoolean(3);
                slowest = Math.Max(slowest, (double)reader.GetDecimal(2));
            }
            else if (reader.GetBoolean(4))
            {
                away.Add(reader.GetString(0));
            }
        }

        return new EnforcementState(nodes, applied, nodes > 0 && applied == nodes && exact ? slowest : null, away);
    }

    /// <summary>Waits until every node in reach has applied it, at most for the given time.</summary>
    public async Task<EnforcementState> Await(long number, TimeSpan atMost, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var next = signal.NextAck;
            var state = await Now(number, ct);
            var left = atMost - time.GetElapsedTime(start);
            if (state.Applied + state.OutOfReach.Count >= state.Nodes || left <= TimeSpan.Zero)
            {
                return state;
            }

            using var poll = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var wait = left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
            await Task.WhenAny(next, Task.Delay(wait, time, poll.Token));
            await poll.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
    }
}
