using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Nodes;

public static class RegisterNodeHandler
{
    public static Task<Outcome> Handle(RegisterNode command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, _) =>
        {
            var decision = NodeDecider.Decide(command);
            if (decision.Refusal is { } refusal)
            {
                return Task.FromResult<Verdict>(refusal);
            }

            work.TakeClaim(Claim.Node(command.Name), command.NewId, Refusal.Taken("node", command.Name));
            var (refused, _) = CreateClientHandler.Stage(
                work, new CreateClient(command.Ask, command.NewClientId, command.Name, Roles.Node, null, command.NewSecret), null);
            if (refused is not null)
            {
                return Task.FromResult<Verdict>(refused);
            }

            work.Session.QueueSqlCommand("""
                insert into platform.node_members (name, node_id, registered_number)
                select ?, ?, number from platform.feed_counter where id = 1
                """, command.Name, command.NewId);
            return Task.FromResult(Work.Done(work.Start<Node>(command.NewId, decision), new Issued(command.Name, null)));
        }, ct);
}

public static class RemoveNodeHandler
{
    public static Task<Outcome> Handle(RemoveNode command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var found = await work.Find<Node>(Claim.Node(command.Name), token);
            if (found is null)
            {
                return NodeDecider.Decide(command, null).Refusal!;
            }

            var stream = await work.Open<Node>(found.Id, token);
            var decision = NodeDecider.Decide(command, stream.Aggregate);
            if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
            {
                return refusal;
            }

            var client = await work.Open<Client>((await work.Owner(Claim.Client(command.Name), token))!, token);
            work.Append(client, Decision.Accept(new ClientRemoved()));
            work.Session.QueueSqlCommand("delete from platform.node_members where name = ?", command.Name);
            return Work.Done(work.Append(stream, decision));
        }, ct);
}

public static class ChangeNodeEndpointHandler
{
    public static Task<Outcome> Handle(ChangeNodeEndpoint command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var stream = await work.Open<Node>(command.NodeId, token);
            var decision = NodeDecider.Decide(command, stream.Aggregate);
            return decision.Refusal is { } refusal ? refusal : Work.Done(work.Append(stream, decision));
        }, ct);
}
