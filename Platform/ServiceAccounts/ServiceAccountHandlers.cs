using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.ServiceAccounts;

public static class CreateServiceAccountHandler
{
    public static Task<Outcome> Handle(CreateServiceAccount command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var cluster = await work.Find<VirtualCluster>(Claim.VirtualCluster(command.VirtualCluster), token);
            var (refusal, account) = Stage(work, command, cluster);
            if (refusal is not null)
            {
                return refusal;
            }

            var needsRights = cluster!.Kind == VirtualClusterKind.Partner && !cluster.SuperUsers.Contains(command.Name, StringComparer.Ordinal);
            return needsRights && await AccessControlChange.StageDefaults(work, cluster.Id, command.Name, token) is { } full ? full : Work.Done(account!);
        }, ct);

    /// <summary>The account, as part of a larger work too.</summary>
    public static (Refusal? Refusal, ServiceAccount? Account) Stage(Work work, CreateServiceAccount command, VirtualCluster? cluster)
    {
        var decision = ServiceAccountDecider.Decide(command, cluster);
        if (decision.Refusal is not null)
        {
            return (decision.Refusal, null);
        }

        // The name stays taken after a revocation: ACLs and tokens speak of it.
        work.TakeClaim(Claim.ServiceAccount(cluster!.Id, command.Name), command.NewId, Refusal.Taken("service account", command.Name));
        work.Refer(command.NewId, Claim.Alive(cluster.Id));
        if (command.Identity is { Issuer: { } issuer, Subject: var subject })
        {
            work.TakeClaim(Claim.LoginIdentity(issuer, subject), command.NewId, new Refusal(
                Codes.InUse, "Another service account is logged in to by this issuer's subject.", "subject", "one-account-per-identity"));
        }

        return (null, work.Start<ServiceAccount>(command.NewId, decision));
    }
}

public static class RevokeServiceAccountHandler
{
    public static Task<Outcome> Handle(RevokeServiceAccount command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            ServiceAccount? before = null;
            var verdict = await ServiceAccountChange.Run(
                work, command.VirtualCluster, command.Name, state => ServiceAccountDecider.Decide(command, before = state), (_, _) => { }, token);
            if (before is not { Revoked: false } || verdict.Refusal is not null)
            {
                return verdict;
            }

            work.DropReferences(before.Id);
            foreach (var identity in before.Identities.Where(i => i.Issuer is not null))
            {
                work.DropClaim(Claim.LoginIdentity(identity.Issuer!, identity.Subject));
            }

            await OAuthClients.Silence(work, before, new ClientRemoved(), token);
            return verdict;
        }, ct);
}

public static class IssueTokenHandler
{
    public static Task<Outcome> Handle(IssueToken command, Acceptance acceptance, GatewayTokenSigner signer, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            TokenIssued? issued = null;
            var verdict = await ServiceAccountChange.Run(
                work, command.VirtualCluster, command.ServiceAccount, state => ServiceAccountDecider.Decide(command, state),
                (account, events) =>
                {
                    issued = (TokenIssued)events[0];
                    work.TakeClaim(Claim.Token(issued.TokenId), account.Id, Refusal.Taken("token", issued.TokenId, null));
                }, token);
            if (verdict.Refusal is not null)
            {
                return verdict;
            }

            var expires = DateTimeOffset.FromUnixTimeSeconds(issued!.ExpiresAt);
            return verdict with
            {
                Issued = new Issued(issued.TokenId, expires)
                {
                    Secret = work.Ask.DryRun ? null : signer.Sign((ServiceAccount)verdict.Thing!, issued),
                },
            };
        }, ct);
}

public static class RevokeTokenHandler
{
    public static Task<Outcome> Handle(RevokeToken command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var account = await work.Find<ServiceAccount>(Claim.Token(command.TokenId), token);
            return await ServiceAccountChange.Run(work, account, state => ServiceAccountDecider.Decide(command, state), (_, _) => { }, token);
        }, ct);
}

public static class RevokeTokensHandler
{
    public static Task<Outcome> Handle(RevokeTokens command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => ServiceAccountChange.Run(
            work, command.VirtualCluster, command.ServiceAccount, state => ServiceAccountDecider.Decide(command, state), (_, _) => { }, token), ct);
}

public static class ServiceAccountChange
{
    public static async Task<Verdict> Run(
        Work work, string cluster, string name, Func<ServiceAccount?, Decision> decide,
        Action<ServiceAccount, IReadOnlyList<object>> also, CancellationToken ct)
    {
        var virtualCluster = await work.Find<VirtualCluster>(Claim.VirtualCluster(cluster), ct);
        var account = virtualCluster is null
            ? null
            : await work.Find<ServiceAccount>(Claim.ServiceAccount(virtualCluster.Id, name), ct);
        return await Run(work, account, decide, also, ct);
    }

    public static async Task<Verdict> Run(
        Work work, ServiceAccount? found, Func<ServiceAccount?, Decision> decide,
        Action<ServiceAccount, IReadOnlyList<object>> also, CancellationToken ct)
    {
        if (found is null)
        {
            return decide(null).Refusal!;
        }

        var stream = await work.Open<ServiceAccount>(found.Id, ct);
        var decision = decide(stream.Aggregate);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        var account = work.Append(stream, decision);
        also(account, decision.Events);
        return Work.Done(account);
    }
}
