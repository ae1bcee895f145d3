using Npgsql;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Database;
using Wolverine;

namespace PartnerPlatform.Platform.Aliases;

/// <summary>
/// Former names that still work, with when nodes last saw them used. An index over what aliases' streams say, written in their transactions; uses are facts, not decisions.
/// </summary>
public sealed class FormerNames(NpgsqlDataSource database, TimeProvider time)
{
    public const string Sql = """
        create table if not exists platform.former_names (
          alias_id text primary key,
          since timestamptz not null,
          until timestamptz,
          unused_for interval,
          last_used timestamptz);
        """;

    /// <summary>Whoever has not been heard of may be serving clients that use a name.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromMinutes(1);

    /// <summary>A topic got another name; what it was called before works on, or ends now.</summary>
    public static void Stage(Work work, string aliasId, FormerName? former)
    {
        StageEnd(work, aliasId);
        if (former is not null)
        {
            work.Session.QueueSqlCommand(
                "insert into platform.former_names (alias_id, since, until, unused_for) values (?, ?, ?, make_interval(secs => ?))",
                aliasId, former.Since.ToUniversalTime(), (object?)former.Until?.ToUniversalTime() ?? DBNull.Value, (object?)former.UnusedFor?.TotalSeconds ?? DBNull.Value);
        }
    }

    public static void StageEnd(Work work, string aliasId) => work.Session.QueueSqlCommand("delete from platform.former_names where alias_id = ?", aliasId);

    /// <summary>Nodes saw them used.</summary>
    public async Task Used(IReadOnlyCollection<string> aliasIds, CancellationToken ct)
    {
        await using var command = database.CreateCommand("update platform.former_names set last_used = $2 where alias_id in (select unnest($1::text[]) order by 1)");
        command.Parameters.Add(new() { Value = aliasIds.ToArray() });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Null: not since the topic was renamed.</summary>
    public async Task<DateTimeOffset?> LastUsed(string aliasId, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select last_used from platform.former_names where alias_id = $1");
        command.Parameters.Add(new() { Value = aliasId });
        return await command.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    /// <summary>Ends those whose time is over.</summary>
    public async Task Sweep(IMessageBus bus, CancellationToken ct)
    {
        foreach (var (aliasId, why) in await Due(ct))
        {
            await bus.InvokeAsync<Outcome>(new ExpireFormerName(new Ask(Caller.Platform, why, Ids.New("change"), time.GetUtcNow()), aliasId), ct);
        }
    }

    /// <summary>No name ends for want of use while a registered node has not been heard of.</summary>
    private async Task<List<(string AliasId, string Why)>> Due(CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select alias_id, coalesce(until <= $1, false) from platform.former_names
            where until <= $1
              or (greatest(since, last_used) + unused_for <= $1
                and not exists (select 1 from platform.node_members m left join platform.node_state s on s.node = m.name where s.last_seen is null or s.last_seen < $2))
            """);
        var now = time.GetUtcNow();
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = (now - Heard).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<(string, string)>();
        while (await reader.ReadAsync(ct))
        {
            due.Add((reader.GetString(0), reader.GetBoolean(1) ? "the former name's time is over" : "nobody has used the former name for as long as was said"));
        }

        return due;
    }
}

/// <summary>Looks for former names whose time is over.</summary>
public sealed class FormerNamesClock(IServiceScopeFactory scopes, FormerNames names, DatabaseStart database, TimeProvider time, ILogger<FormerNamesClock> log)
    : SweepClock("Former names", TimeSpan.FromSeconds(15), scopes, database, time, log)
{
    protected override Task Sweep(IMessageBus bus, CancellationToken ct) => names.Sweep(bus, ct);
}
