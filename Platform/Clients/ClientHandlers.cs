using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;

namespace PartnerPlatform.Platform.Clients;

public static class CreateClientHandler
{
    public static Task<Outcome> Handle(CreateClient command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var organization = command.Organization is null
                ? null
                : await work.Find<Organization>(Claim.Organization(command.Organization), token);
            var (refusal, client) = Stage(work, command, organization);
            return refusal is not null ? refusal : Work.Done(client!, new Issued(command.ClientId, null));
        }, ct);

    public static (Refusal? Refusal, Client? Client) Stage(Work work, CreateClient command, Organization? organization)
    {
        var decision = ClientDecider.Decide(command, organization);
        if (decision.Refusal is not null)
        {
            return (decision.Refusal, null);
        }

        work.TakeClaim(Claim.Client(command.ClientId), command.NewId, Refusal.Taken("client", command.ClientId, "clientId"));
        if (organization is not null)
        {
            work.Refer(command.NewId, Claim.Alive(organization.Id));
        }

        return (null, work.Start<Client>(command.NewId, decision));
    }
}

public static class RotateClientSecretHandler
{
    public static Task<Outcome> Handle(RotateClientSecret command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var verdict = await ClientChange.Run(work, command.ClientId, state => ClientDecider.Decide(command, state), _ => { }, token);
            return verdict.Refusal is null ? verdict with { Issued = new Issued(command.ClientId, null) } : verdict;
        }, ct);
}

public static class RemoveClientHandler
{
    public static Task<Outcome> Handle(RemoveClient command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => ClientChange.Run(
            work, command.ClientId, state => ClientDecider.Decide(command, state), client => work.DropReferences(client.Id), token), ct);
}

public static class ClientChange
{
    public static async Task<Verdict> Run(
        Work work, string clientId, Func<Client?, Decision> decide, Action<Client> also, CancellationToken ct)
    {
        var found = await work.Find<Client>(Claim.Client(clientId), ct);
        if (found is null)
        {
            return decide(null).Refusal!;
        }

        var stream = await work.Open<Client>(found.Id, ct);
        var decision = decide(stream.Aggregate);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        also(found);
        return Work.Done(work.Append(stream, decision));
    }
}
