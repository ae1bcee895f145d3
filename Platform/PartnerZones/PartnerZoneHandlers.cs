using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.PartnerZones;

public static class ShareTopicHandler
{
    public static Task<Outcome> Handle(ShareTopic command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone, async zone =>
        {
            var known = zone is not null && (await facts.Known(zone.PhysicalClusterId, [command.Topic.PhysicalTopic], token)).Count > 0;
            return PartnerZoneDecider.Decide(command, zone, known);
        }, (zone, _) =>
        {
            Shares.Stage(work, zone, zone.Topics.Single(t => t.AliasId == command.Topic.NewAliasId));
            return Task.FromResult<Refusal?>(null);
        }, token), ct);
}

public static class WithdrawTopicHandler
{
    public static Task<Outcome> Handle(WithdrawTopic command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone,
            zone => Task.FromResult(PartnerZoneDecider.Decide(command, zone)),
            (_, before) => Shares.StageWithdrawal(work, before, before.Topics.Single(t => t.Name == command.Name), token), token), ct);
}

public static class RenameSharedTopicHandler
{
    public static Task<Outcome> Handle(RenameSharedTopic command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone,
            zone => Task.FromResult(PartnerZoneDecider.Decide(command, zone)),
            (zone, before) =>
            {
                var topic = before.Topics.Single(t => t.Name == command.Name);
                return ZoneTopicNames.StageRename(work, before, topic, zone.Topics.Single(t => t.AliasId == topic.AliasId), token);
            }, token), ct);
}

public static class EndSharedTopicFormerNameHandler
{
    public static Task<Outcome> Handle(EndSharedTopicFormerName command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone,
            zone => Task.FromResult(PartnerZoneDecider.Decide(command, zone)),
            (_, before) => ZoneTopicNames.StageEnd(work, before, before.Topics.Single(t => t.Name == command.Name), token), token), ct);
}

public static class SuspendPartnerZoneHandler
{
    public static Task<Outcome> Handle(SuspendPartnerZone command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone,
            zone => Task.FromResult(PartnerZoneDecider.Decide(command, zone)),
            (zone, _) => PartnerZoneChange.Cluster(work, zone,
                cluster => VirtualClusterDecider.Decide(new SuspendVirtualCluster(command.Ask, zone.VirtualCluster), cluster), token), token), ct);
}

public static class ResumePartnerZoneHandler
{
    public static Task<Outcome> Handle(ResumePartnerZone command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PartnerZoneChange.Run(work, command.Zone,
            zone => Task.FromResult(PartnerZoneDecider.Decide(command, zone)),
            (zone, _) => PartnerZoneChange.Cluster(work, zone,
                cluster => VirtualClusterDecider.Decide(new ResumeVirtualCluster(command.Ask, zone.VirtualCluster), cluster), token), token), ct);
}

public static class CompletePartnerZoneHandler
{
    public static Task<Outcome> Handle(CompletePartnerZone command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var stream = await work.Open<PartnerZone>(command.ZoneId, token);
            var before = stream.Aggregate;
            var known = before is null
                ? new HashSet<string>()
                : await facts.Known(before.PhysicalClusterId, [.. before.Topics.Where(t => !t.Ready).Select(t => t.PhysicalTopic)], token);
            var decision = PartnerZoneDecider.Decide(command, before, known);
            if (decision.Refusal is { } refusal)
            {
                return refusal;
            }

            var zone = work.Append(stream, decision);
            foreach (var ready in decision.Events.OfType<SharedTopicReady>())
            {
                Shares.StageReady(work, zone, zone.Topics.Single(t => t.AliasId == ready.AliasId));
            }

            return Work.Done(zone);
        }, ct);
}

public static class PartnerZoneChange
{
    /// <param name="also">What else changes with the zone: given the zone afterwards and before; not called when nothing changed.</param>
    public static async Task<Verdict> Run(
        Work work, string name, Func<PartnerZone?, Task<Decision>> decide, Func<PartnerZone, PartnerZone, Task<Refusal?>> also, CancellationToken ct)
    {
        var found = await work.Find<PartnerZone>(Claim.PartnerZone(name), ct);
        if (found is null)
        {
            return (await decide(null)).Refusal!;
        }

        var stream = await work.Open<PartnerZone>(found.Id, ct);
        var decision = await decide(stream.Aggregate);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        var zone = work.Append(stream, decision);
        return decision.Events.Count > 0 && await also(zone, stream.Aggregate!) is { } refused ? refused : Work.Done(zone);
    }

    public static async Task<Refusal?> Cluster(Work work, PartnerZone zone, Func<VirtualCluster?, Decision> decide, CancellationToken ct)
    {
        var stream = await work.Open<VirtualCluster>(zone.VirtualClusterId, ct);
        work.Append(stream, decide(stream.Aggregate));
        return null;
    }
}
