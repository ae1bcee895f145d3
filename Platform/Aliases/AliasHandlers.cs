using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Aliases;

public static class CreateAliasHandler
{
    public static Task<Outcome> Handle(CreateAlias command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var cluster = await work.Find<VirtualCluster>(Claim.VirtualCluster(command.VirtualCluster), token);
            var physical = command.PhysicalCluster is { } name
                ? await work.Find<PhysicalCluster>(Claim.PhysicalCluster(name), token)
                : cluster is null ? null : await work.Load<PhysicalCluster>(cluster.PhysicalClusterId, token);
            var known = physical is not null && (await facts.Known(physical.Id, [command.PhysicalTopic], token)).Count > 0;
            var decision = AliasDecider.Decide(command, cluster, physical, known);
            return decision.Refusal is { } refusal ? refusal : Work.Done(Stage(work, command.NewId, decision));
        }, ct);

    /// <summary>The alias, as part of a larger work too; what it needs must be claimed here or have been claimed for it before.</summary>
    public static Alias Stage(Work work, string id, Decision decision, bool claimed = false)
    {
        var alias = work.Start<Alias>(id, decision);
        if (!claimed)
        {
            TakeClaims(work, id, alias.VirtualClusterId, alias.Name, alias.PhysicalClusterId, alias.PhysicalTopic);
        }

        work.Refer(id, Claim.Alive(alias.VirtualClusterId));
        work.Refer(id, Claim.Alive(alias.PhysicalClusterId));
        return alias;
    }

    /// <summary>The name, and the topic: a topic has one name in a virtual cluster.</summary>
    public static void TakeClaims(Work work, string id, string virtualClusterId, string name, string physicalClusterId, string physicalTopic)
    {
        work.TakeClaim(Claim.Alias(virtualClusterId, name), id, Refusal.Taken("alias", name));
        TakeTopic(work, id, virtualClusterId, physicalClusterId, physicalTopic);
    }

    public static void TakeTopic(Work work, string id, string virtualClusterId, string physicalClusterId, string physicalTopic) =>
        work.TakeClaim(
            Claim.AliasedTopic(virtualClusterId, physicalClusterId, physicalTopic),
            id,
            new Refusal(Codes.InUse, $"The topic '{physicalTopic}' has another name in this virtual cluster already.", "physicalTopic", "one-name-per-topic"));

    public static void StageRemoval(Work work, string id, string virtualClusterId, string name, FormerName? former, string physicalClusterId, string physicalTopic)
    {
        work.DropReferences(id);
        work.DropClaim(Claim.Alias(virtualClusterId, name));
        if (former is not null)
        {
            work.DropClaim(Claim.Alias(virtualClusterId, former.Name));
            FormerNames.StageEnd(work, id);
        }

        work.DropClaim(Claim.AliasedTopic(virtualClusterId, physicalClusterId, physicalTopic));
    }
}

public static class RemoveAliasHandler
{
    public static Task<Outcome> Handle(RemoveAlias command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            state => Task.FromResult(AliasDecider.Decide(command, state)),
            (before, _) =>
            {
                CreateAliasHandler.StageRemoval(work, before.Id, before.VirtualClusterId, before.Name, before.Former, before.PhysicalClusterId, before.PhysicalTopic);
                return Task.FromResult<Refusal?>(null);
            },
            token), ct);
}

public static class RetargetAliasHandler
{
    public static Task<Outcome> Handle(RetargetAlias command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            async state => AliasDecider.Decide(
                command, state is null ? null : await work.Load<VirtualCluster>(state.VirtualClusterId, token), state,
                state is not null && (await facts.Known(state.PhysicalClusterId, [command.PhysicalTopic], token)).Count > 0),
            (before, _) =>
            {
                work.DropClaim(Claim.AliasedTopic(before.VirtualClusterId, before.PhysicalClusterId, before.PhysicalTopic));
                CreateAliasHandler.TakeTopic(work, before.Id, before.VirtualClusterId, before.PhysicalClusterId, command.PhysicalTopic);
                return Task.FromResult<Refusal?>(null);
            },
            token), ct);
}

public static class RenameAliasHandler
{
    public static Task<Outcome> Handle(RenameAlias command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            state => Task.FromResult(AliasDecider.Decide(command, state)),
            (before, after) => Renames.Stage(work, before.Id, before.VirtualClusterId, before.Name, before.Former, after.Name, after.Former, token),
            token), ct);
}

public static class EndFormerNameHandler
{
    public static Task<Outcome> Handle(EndFormerName command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            state => Task.FromResult(AliasDecider.Decide(command, state)),
            (before, _) => Renames.StageEnd(work, before.Id, before.VirtualClusterId, before.Former!, token),
            token), ct);
}

public static class ExpireFormerNameHandler
{
    public static Task<Outcome> Handle(ExpireFormerName command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var stream = await work.Open<Alias>(command.AliasId, token);
            if (stream.Aggregate is not { } before)
            {
                return Refusal.NotFound("alias", command.AliasId);
            }

            var decision = AliasDecider.EndFormer(before);
            var alias = work.Append(stream, decision);
            if (decision.Events.Count > 0)
            {
                if (before.PartnerZoneId is { } zoneId)
                {
                    await ZoneTopicNames.StageEnd(work, zoneId, before.Id, token);
                }

                if (await Renames.StageEnd(work, before.Id, before.VirtualClusterId, before.Former!, token) is { } refusal)
                {
                    return refusal;
                }
            }

            return Work.Done(alias);
        }, ct);
}

/// <summary>A change to an alias that is there.</summary>
internal static class AliasChange
{
    /// <param name="also">What goes with it where something was decided, such as its claims: given the alias before and after.</param>
    public static async Task<Verdict> Run(
        Work work, string virtualCluster, string name, Func<Alias?, Task<Decision>> decide, Func<Alias, Alias, Task<Refusal?>> also, CancellationToken ct)
    {
        var cluster = await work.Find<VirtualCluster>(Claim.VirtualCluster(virtualCluster), ct);
        if (cluster is null)
        {
            return Refusal.NotFound("virtual cluster", virtualCluster, "virtualCluster");
        }

        if (await work.Find<Alias>(Claim.Alias(cluster.Id, name), ct) is not { } found)
        {
            return (await decide(null)).Refusal!;
        }

        // What was found may have changed until its stream was opened: it is decided, and its claims are changed, by what the stream says.
        var stream = await work.Open<Alias>(found.Id, ct);
        var before = stream.Aggregate is { } now && (now.Name == name || now.Former?.Name == name) ? now : null;
        var decision = await decide(before);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        var alias = work.Append(stream, decision);
        return decision.Events.Count > 0 && await also(before!, alias) is { } refused ? refused : Work.Done(alias);
    }
}
