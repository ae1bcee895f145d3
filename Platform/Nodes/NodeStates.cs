using System.Text.Json;
using Npgsql;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.Sessions;

namespace PartnerPlatform.Platform.Nodes;

/// <summary>How a node was when last heard of.</summary>
/// <param name="AppliedNumber">Feed number that its snapshot stands at.</param>
public sealed record NodeState(string Node, string Boot, string Version, long AppliedNumber, DateTimeOffset LastSeen, int Connections);

public sealed class NodeStates(NpgsqlDataSource database)
{
    public const string Sql = """
        create table if not exists platform.node_members (
          name text primary key,
          node_id text not null,
          registered_number bigint not null);
        create table if not exists platform.node_state (
          node text primary key,
          boot text not null,
          version text not null,
          applied bigint not null,
          sessions jsonb not null,
          connections int not null,
          last_seen timestamptz not null);
        alter table platform.node_state add column if not exists cluster_problems jsonb not null default '[]';
        alter table platform.node_state add column if not exists former_boots text[] not null default '{}';
        create table if not exists platform.kept_keys (
          name text primary key,
          nonce bytea not null,
          tag bytea not null,
          sealed bytea not null);
        """;

    /// <returns>False: a later process has reported under the name, so two run as one node; nothing is kept of the former one.</returns>
    public async Task<bool> Record(string node, NodeFacts facts, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            insert into platform.node_state (node, boot, version, applied, sessions, connections, cluster_problems, last_seen)
            values ($1, $2, $3, $4, $5::jsonb, $6, $7::jsonb, clock_timestamp())
            on conflict (node) do update set boot = excluded.boot, version = excluded.version, applied = excluded.applied,
              sessions = excluded.sessions, connections = excluded.connections, cluster_problems = excluded.cluster_problems, last_seen = excluded.last_seen,
              former_boots = case when node_state.boot = excluded.boot then node_state.former_boots else (array_prepend(node_state.boot, node_state.former_boots))[1:20] end
            where not excluded.boot = any (node_state.former_boots)
            """);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = facts.Boot });
        command.Parameters.Add(new() { Value = facts.Version });
        command.Parameters.Add(new() { Value = FeedCursor.Parse(facts.Cursor)?.Number ?? 0 });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(facts.Sessions.Select(s => s with { Client = Reported.Clean(s.Client) }), ContractJson.Options) });
        command.Parameters.Add(new() { Value = facts.Connections });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize((facts.ClusterProblems ?? []).Select(p => p with { Problem = Reported.Clean(p.Problem)! }), ContractJson.Options) });
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>What nodes heard of lately say is wrong with a cluster.</summary>
    public async Task<IReadOnlyList<(string Node, string Problem)>> Problems(string cluster, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select n.node, p.problem from platform.node_state n cross join lateral jsonb_to_recordset(n.cluster_problems) as p (cluster text, problem text)
            where p.cluster = $1 and n.last_seen > clock_timestamp() - interval '30 seconds' order by n.node limit 100
            """);
        command.Parameters.Add(new() { Value = cluster });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var problems = new List<(string, string)>();
        while (await reader.ReadAsync(ct))
        {
            problems.Add((reader.GetString(0), reader.GetString(1)));
        }

        return problems;
    }

    public async Task<NodeState?> Find(string node, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select boot, version, applied, last_seen, connections from platform.node_state where node = $1");
        command.Parameters.Add(new() { Value = node });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new NodeState(node, reader.GetString(0), reader.GetString(1), reader.GetInt64(2),
                new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero), reader.GetInt32(4))
            : null;
    }
}
