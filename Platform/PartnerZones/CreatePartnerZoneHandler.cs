using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>The zone with all of its streams in one transaction: there is no half a zone. Only topics that no node has seen yet wait.</summary>
public static class CreatePartnerZoneHandler
{
    public static Task<Outcome> Handle(CreatePartnerZone command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            if (PartnerZoneDecider.Check(command) is { } bad)
            {
                return bad;
            }

            var organization = await work.Find<Organization>(Claim.Organization(command.Organization), token);
            work.TakeClaim(Claim.PartnerZone(command.Name), command.NewId, Refusal.Taken("partner zone", command.Name));
            var (refusal, cluster, _) = await CreateVirtualClusterHandler.Stage(work, new CreateVirtualCluster(
                command.Ask, command.NewVirtualClusterId, command.NewAccessControlId, command.VirtualClusterName, VirtualClusterKind.Partner,
                command.PhysicalCluster, true, [command.SuperUserName], command.Organization),
                [.. command.ServiceAccounts.SelectMany(a => AccessControlDecider.Defaults(a.Name))], facts, token);
            if (refusal is not null)
            {
                return refusal;
            }

            if (StageAccounts(work, command, cluster!) is { } badAccount)
            {
                return badAccount;
            }

            var known = await facts.Known(cluster!.PhysicalClusterId, [.. command.Topics.Select(t => t.PhysicalTopic)], token);
            var decision = PartnerZoneDecider.Decide(command, organization, cluster, known);
            if (decision.Refusal is { } refused)
            {
                return refused;
            }

            work.Refer(command.NewId, Claim.Alive(cluster.Id));
            work.Refer(command.NewId, Claim.Alive(organization!.Id));
            var zone = work.Start<PartnerZone>(command.NewId, decision);
            foreach (var topic in zone.Topics)
            {
                Shares.Stage(work, zone, topic);
            }

            return Work.Done(zone);
        }, ct);

    private static Refusal? StageAccounts(Work work, CreatePartnerZone command, VirtualCluster cluster)
    {
        var accounts = command.ServiceAccounts.Prepend(new AccountToCreate(command.NewSuperUserId, command.SuperUserName));
        foreach (var account in accounts)
        {
            var (refusal, _) = CreateServiceAccountHandler.Stage(
                work, new CreateServiceAccount(command.Ask, account.NewId, cluster.Name, account.Name), cluster);
            if (refusal is not null)
            {
                return refusal with { Field = "serviceAccounts.name" };
            }
        }

        return null;
    }
}
