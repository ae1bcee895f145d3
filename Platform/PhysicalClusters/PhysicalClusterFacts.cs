using Npgsql;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Platform.Search;

namespace PartnerPlatform.Platform.PhysicalClusters;

/// <summary>A topic as nodes last saw it.</summary>
public sealed record PhysicalTopic(string Name, Guid TopicId, int Partitions);

/// <summary>What clusters hold, as nodes reported it: facts, not decisions, so no events.</summary>
public sealed class PhysicalClusterFacts(NpgsqlDataSource database)
{
    public const string Sql = """
        create table if not exists platform.physical_topics (
          cluster_id text not null,
          name text not null collate "C",
          topic_id uuid not null,
          partitions int not null,
          primary key (cluster_id, name));
        create table if not exists platform.slots (
          slot int primary key,
          cluster_id text not null,
          broker_id int not null,
          unique (cluster_id, broker_id));
        """;

    /// <summary>Replaces what is known of a cluster; true when a topic came, went or changed.</summary>
    public async Task<bool> Replace(string clusterId, IReadOnlyList<TopicFact> topics, CancellationToken ct)
    {
        // Ordered, so that two nodes that report at once lock rows in the same order.
        await using var batch = database.CreateBatch();
        var sorted = topics.DistinctBy(t => t.Name).OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var upsert = new NpgsqlBatchCommand("""
            insert into platform.physical_topics as t (cluster_id, name, topic_id, partitions)
            select $1, f.name, f.topic_id, f.partitions from unnest($2::text[], $3::uuid[], $4::int[]) as f (name, topic_id, partitions)
            on conflict (cluster_id, name) do update set topic_id = excluded.topic_id, partitions = excluded.partitions
              where (t.topic_id, t.partitions) is distinct from (excluded.topic_id, excluded.partitions)
            """);
        upsert.Parameters.Add(new() { Value = clusterId });
        upsert.Parameters.Add(new() { Value = sorted.Select(t => t.Name).ToArray() });
        upsert.Parameters.Add(new() { Value = sorted.Select(t => t.TopicId).ToArray() });
        upsert.Parameters.Add(new() { Value = sorted.Select(t => t.Partitions).ToArray() });
        var delete = new NpgsqlBatchCommand("delete from platform.physical_topics where cluster_id = $1 and not (name = any ($2))");
        delete.Parameters.Add(new() { Value = clusterId });
        delete.Parameters.Add(new() { Value = sorted.Select(t => t.Name).ToArray() });
        batch.BatchCommands.Add(upsert);
        batch.BatchCommands.Add(delete);
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }

    public async Task<IReadOnlySet<string>> Known(string clusterId, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select name from platform.physical_topics where cluster_id = $1 and name = any ($2)");
        command.Parameters.Add(new() { Value = clusterId });
        command.Parameters.Add(new() { Value = names.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            known.Add(reader.GetString(0));
        }

        return known;
    }

    /// <summary>A topic that begins with the prefix, or null.</summary>
    public async Task<string?> AnyUnder(string clusterId, string prefix, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select name from platform.physical_topics where cluster_id = $1 and name >= $2 and starts_with(name, $2) order by name limit 1");
        command.Parameters.Add(new() { Value = clusterId });
        command.Parameters.Add(new() { Value = prefix });
        return await command.ExecuteScalarAsync(ct) as string;
    }

    public async Task<IReadOnlyList<PhysicalTopic>> Topics(string clusterId, string? text, string? after, int first, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select name, topic_id, partitions from platform.physical_topics where cluster_id = $1 and name > $2 and name ilike $4 order by name limit $3
            """);
        command.Parameters.Add(new() { Value = clusterId });
        command.Parameters.Add(new() { Value = after ?? "" });
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = TextPattern.Containing(text ?? "") });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var topics = new List<PhysicalTopic>();
        while (await reader.ReadAsync(ct))
        {
            topics.Add(new PhysicalTopic(reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2)));
        }

        return topics;
    }

    public async Task<int> NextSlot(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select coalesce(max(slot) + 1, 0) from platform.slots");
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }
}
