using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>
/// A share's alias, or its place in the queue of those whose topic no node has seen. Its name and its topic are claimed in either case.
/// The queue is an index over what zones' streams say, written in their transactions; the sweep reads it, not the zones.
/// </summary>
public static class Shares
{
    public const string Sql = """
        create table if not exists platform.pending_shares (
          alias_id text primary key,
          zone_id text not null,
          cluster_id text not null,
          physical_topic text not null collate "C",
          since timestamptz not null);
        create index if not exists pending_shares_topic_idx on platform.pending_shares (cluster_id, physical_topic);
        create index if not exists pending_shares_since_idx on platform.pending_shares (since);
        """;

    public static void Stage(Work work, PartnerZone zone, SharedTopic topic)
    {
        if (topic.Ready)
        {
            CreateAliasHandler.Stage(work, topic.AliasId, Alias(zone, topic));
            return;
        }

        CreateAliasHandler.TakeClaims(work, topic.AliasId, zone.VirtualClusterId, topic.Name, zone.PhysicalClusterId, topic.PhysicalTopic);
        work.Session.QueueSqlCommand(
            "insert into platform.pending_shares (alias_id, zone_id, cluster_id, physical_topic, since) values (?, ?, ?, ?, ?)",
            topic.AliasId, zone.Id, zone.PhysicalClusterId, topic.PhysicalTopic, work.Ask.At.ToUniversalTime());
    }

    public static void StageReady(Work work, PartnerZone zone, SharedTopic topic)
    {
        DropPending(work, topic.AliasId);
        CreateAliasHandler.Stage(work, topic.AliasId, Alias(zone, topic), claimed: true);
    }

    public static async Task<Refusal?> StageWithdrawal(Work work, PartnerZone zone, SharedTopic topic, CancellationToken ct)
    {
        if (topic.Ready)
        {
            var stream = await work.Open<Alias>(topic.AliasId, ct);
            work.Append(stream, Decision.Accept(new AliasRemoved()));
        }
        else
        {
            DropPending(work, topic.AliasId);
        }

        CreateAliasHandler.StageRemoval(work, topic.AliasId, zone.VirtualClusterId, topic.Name, topic.Former, zone.PhysicalClusterId, topic.PhysicalTopic);
        return null;
    }

    private static void DropPending(Work work, string aliasId) =>
        work.Session.QueueSqlCommand("delete from platform.pending_shares where alias_id = ?", aliasId);

    private static Decision Alias(PartnerZone zone, SharedTopic topic) => Decision.Accept(new AliasCreated(
        topic.AliasId, zone.VirtualClusterId, zone.VirtualCluster, topic.Name, zone.PhysicalClusterId, zone.PhysicalCluster,
        topic.PhysicalTopic, topic.Permission, zone.Id, zone.OrganizationId));
}
