using PartnerPlatform.Platform.Commands;
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

    public static void StageRemoval(Work work, string id, string virtualClusterId, string name, string physicalClusterId, string physicalTopic)
    {
        work.DropReferences(id);
        work.DropClaim(Claim.Alias(virtualClusterId, name));
        work.DropClaim(Claim.AliasedTopic(virtualClusterId, physicalClusterId, physicalTopic));
    }
}

public static class RemoveAliasHandler
{
    public static Task<Outcome> Handle(RemoveAlias command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            state => Task.FromResult(AliasDecider.Decide(command, state)),
            before => CreateAliasHandler.StageRemoval(work, before.Id, before.VirtualClusterId, before.Name, before.PhysicalClusterId, before.PhysicalTopic),
            token), ct);
}

public static class RetargetAliasHandler
{
    public static Task<Outcome> Handle(RetargetAlias command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => AliasChange.Run(
            work, command.VirtualCluster, command.Name,
            async state => AliasDecider.Decide(command, state, state is not null && (await facts.Known(state.PhysicalClusterId, [command.PhysicalTopic], token)).Count > 0),
            before =>
            {
                work.DropClaim(Claim.AliasedTopic(before.VirtualClusterId, before.PhysicalClusterId, before.PhysicalTopic));
                CreateAliasHandler.TakeTopic(work, before.Id, before.VirtualClusterId, before.PhysicalClusterId, command.PhysicalTopic);
            },
            token), ct);
}

/// <summary>A change to an alias that is there.</summary>
internal static class AliasChange
{
    /// <param name="claims">What becomes of its claims, where something was decided.</param>
    public static async Task<Verdict> Run(
        Work work, string virtualCluster, string name, Func<Alias?, Task<Decision>> decide, Action<Alias> claims, CancellationToken ct)
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

        var stream = await work.Open<Alias>(found.Id, ct);
        var decision = await decide(stream.Aggregate);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        if (decision.Events.Count > 0)
        {
            claims(found);
        }

        return Work.Done(work.Append(stream, decision));
    }
}
