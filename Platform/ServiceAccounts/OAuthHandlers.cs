using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.ServiceAccounts;

public static class IssueClientSecretHandler
{
    public static Task<Outcome> Handle(IssueClientSecret command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var verdict = await ServiceAccountChange.Run(
                work, command.VirtualCluster, command.ServiceAccount, state => OAuthDecider.Decide(command, state), (_, _) => { }, token);
            if (verdict.Refusal is not null)
            {
                return verdict;
            }

            var account = (ServiceAccount)verdict.Thing!;
            var clientId = OAuthDecider.ClientIdOf(account);
            if (await work.Owner(Claim.Client(clientId), token) is { } known)
            {
                var client = await work.Open<Client>(known, token);
                if (client.Aggregate is not { Role: Roles.Application, Removed: false })
                {
                    return Refusal.Taken("client", clientId, "serviceAccount");
                }

                work.Append(client, ClientDecider.Rotate(command.Overlap, command.Ask.At, command.NewSecret));
            }
            else
            {
                work.TakeClaim(Claim.Client(clientId), command.NewClientId, Refusal.Taken("client", clientId, "serviceAccount"));
                work.Start<Client>(command.NewClientId, Decision.Accept(
                    new ClientCreated(command.NewClientId, clientId, Roles.Application, account.OrganizationId, command.NewSecret)));
            }

            return verdict with { Issued = new Issued(clientId, null) };
        }, ct);
}

public static class RevokeClientSecretHandler
{
    public static Task<Outcome> Handle(RevokeClientSecret command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var verdict = await ServiceAccountChange.Run(
                work, command.VirtualCluster, command.ServiceAccount, state => OAuthDecider.Decide(command, state), (_, _) => { }, token);
            if (verdict.Refusal is null)
            {
                await OAuthClients.Silence(work, (ServiceAccount)verdict.Thing!, new ClientSecretsRevoked(), token);
            }

            return verdict;
        }, ct);
}

public static class OAuthClients
{
    /// <summary>Tells Identity that the account's client, if it has one, gets no more tokens.</summary>
    public static async Task Silence(Work work, ServiceAccount account, object @event, CancellationToken ct)
    {
        if (await work.Owner(Claim.Client(OAuthDecider.ClientIdOf(account)), ct) is not { } id)
        {
            return;
        }

        var client = await work.Open<Client>(id, ct);
        if (client.Aggregate is { Role: Roles.Application, Removed: false })
        {
            work.Append(client, Decision.Accept(@event));
        }
    }
}
