using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>What goes with the name of a zone's topic: its alias, and that alias's own.</summary>
public static class ZoneTopicNames
{
    public static async Task<Refusal?> StageRename(Work work, PartnerZone before, SharedTopic topic, SharedTopic renamed, CancellationToken ct)
    {
        if (topic.Ready)
        {
            work.Append(await work.Open<Alias>(topic.AliasId, ct), Decision.Accept(new AliasRenamed(renamed.Name, renamed.Former)));
        }

        return await Renames.Stage(work, topic.AliasId, before.VirtualClusterId, topic.Name, topic.Former, renamed.Name, renamed.Former, ct);
    }

    /// <summary>By the zone's own decision.</summary>
    public static async Task<Refusal?> StageEnd(Work work, PartnerZone before, SharedTopic topic, CancellationToken ct)
    {
        var stream = await work.Open<Alias>(topic.AliasId, ct);
        work.Append(stream, AliasDecider.EndFormer(stream.Aggregate!));
        return await Renames.StageEnd(work, topic.AliasId, before.VirtualClusterId, topic.Former!, ct);
    }

    /// <summary>With the alias, whose former name's time is over.</summary>
    public static async Task StageEnd(Work work, string zoneId, string aliasId, CancellationToken ct)
    {
        var stream = await work.Open<PartnerZone>(zoneId, ct);
        if (stream.Aggregate?.Topics.FirstOrDefault(t => t.AliasId == aliasId) is { } topic)
        {
            work.Append(stream, PartnerZoneDecider.EndFormer(topic));
        }
    }
}
