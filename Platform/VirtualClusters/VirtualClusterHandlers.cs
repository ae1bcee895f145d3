using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.PhysicalClusters;

namespace PartnerPlatform.Platform.VirtualClusters;

public static class CreateVirtualClusterHandler
{
    public static Task<Outcome> Handle(CreateVirtualCluster command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var (refusal, cluster, _) = await Stage(work, command, [], facts, token);
            return refusal is not null ? refusal : Work.Done(cluster!);
        }, ct);

    /// <summary>The cluster with its ACL stream, as part of a larger work too.</summary>
    public static async Task<(Refusal? Refusal, VirtualCluster? Cluster, AccessControlList? Access)> Stage(
        Work work, CreateVirtualCluster command, IReadOnlyList<Contracts.Feed.AclBinding> bindings, PhysicalClusterFacts facts, CancellationToken ct)
    {
        var physical = await work.Find<PhysicalCluster>(Claim.PhysicalCluster(command.PhysicalCluster), ct);
        var organization = command.Organization is null
            ? null
            : await work.Find<Organization>(Claim.Organization(command.Organization), ct);
        // To brokers '.' and '_' collide: they make no second topic whose name differs in nothing else.
        var under = physical is null ? null : await facts.AnyUnder(physical.Id, $"{command.Name}.", ct) ?? await facts.AnyUnder(physical.Id, $"{command.Name}_", ct);
        var decision = VirtualClusterDecider.Decide(command, physical, organization, under);
        if (decision.Refusal is not null)
        {
            return (decision.Refusal, null, null);
        }

        work.TakeClaim(Claim.VirtualCluster(command.Name), command.NewId, Refusal.Taken("virtual cluster", command.Name));
        work.TakeClaim(Claim.Alive(command.NewId), command.NewId, Refusal.Taken("virtual cluster", command.Name));
        work.Refer(command.NewId, Claim.Alive(physical!.Id));
        var cluster = work.Start<VirtualCluster>(command.NewId, decision);
        var access = work.Start<AccessControlList>(command.NewAccessControlId, AccessControlDecider.Open(command.NewAccessControlId, cluster, bindings));
        work.TakeClaim($"accessControl:{cluster.Id}", access.Id, Refusal.Taken("virtual cluster", command.Name));
        return (null, cluster, access);
    }
}

public static class RemoveVirtualClusterHandler
{
    public static Task<Outcome> Handle(RemoveVirtualCluster command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var found = await work.Find<VirtualCluster>(Claim.VirtualCluster(command.Name), token);
            if (found is null)
            {
                return VirtualClusterDecider.Decide(command, null).Refusal!;
            }

            var stream = await work.Open<VirtualCluster>(found.Id, token);
            var decision = VirtualClusterDecider.Decide(command, stream.Aggregate);
            if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
            {
                return refusal;
            }

            if (await work.AnyReference(Claim.Alive(found.Id), token))
            {
                return Refusal.InUse($"Virtual cluster '{command.Name}' still has aliases, service accounts or a partner zone.");
            }

            // The name's claim stays: names are not given twice, or old tokens and stored prefixes would come to life again.
            work.DropReferences(found.Id);
            work.DropClaim(Claim.Alive(found.Id));
            var access = await work.Open<AccessControlList>((await work.Owner($"accessControl:{found.Id}", token))!, token);
            work.Append(access, AccessControlDecider.Close(access.Aggregate!));
            return Work.Done(work.Append(stream, decision));
        }, ct);
}
