using Marten;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.Sessions;
using Wolverine;

namespace PartnerPlatform.Platform.Nodes;

/// <summary>Takes what a node reports: states and facts as documents; a new endpoint or broker is a decision, so an event.</summary>
public sealed class Facts(
    IDocumentStore store, NodeStates states, LoginAttempts logins, PhysicalClusterFacts clusters, FormerNames formerNames, ClaimReader claims, IMessageBus bus, TimeProvider time, ILogger<Facts> log)
{
    public async Task<Refusal?> Take(Caller caller, NodeFacts facts, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        if (await claims.Owner(Claim.Node(caller.Name), ct) is not { } id
            || await session.LoadAsync<Node>(id, ct) is not { Removed: false } node)
        {
            FactsLog.Stranger(log, caller.Name);
            return Refusal.NotFound("node", caller.Name);
        }

        if (!await states.Record(node.Name, facts, ct))
        {
            FactsLog.Double(log, node.Name);
            return Refusal.InUse($"Another process reports as node {node.Name} since this one: one credential is one node's.");
        }

        await logins.Record(node.Name, facts.Boot, facts.Logins, ct);
        if (facts.FormerNamesUsed is { Count: > 0 } used)
        {
            await formerNames.Used(used, ct);
        }

        if (node.Endpoint != facts.Endpoint)
        {
            var outcome = await bus.InvokeAsync<Outcome>(new ChangeNodeEndpoint(Ask(caller, "reported by the node"), node.Id, facts.Endpoint), ct);
            if (outcome.Refusal is { } refusal)
            {
                return refusal;
            }
        }

        var changed = false;
        foreach (var cluster in facts.Clusters ?? [])
        {
            var (refusal, topics) = await Take(caller, cluster, session, ct);
            if (refusal is not null)
            {
                return refusal;
            }

            changed |= topics;
        }

        if (changed)
        {
            await bus.PublishAsync(new SweepPendingZones());
        }

        return null;
    }

    private async Task<(Refusal? Refusal, bool TopicsChanged)> Take(Caller caller, ClusterFacts facts, IQuerySession session, CancellationToken ct)
    {
        if (await claims.Owner(Claim.PhysicalCluster(facts.Name), ct) is not { } id
            || await session.LoadAsync<PhysicalCluster>(id, ct) is not { } cluster)
        {
            FactsLog.UnknownCluster(log, caller.Name, facts.Name);
            return (null, false);
        }

        var known = cluster.Slots.Select(s => s.BrokerId).ToHashSet();
        var found = facts.Brokers.Select(b => b.BrokerId).Where(b => !known.Contains(b)).ToList();
        if (found.Count > 0)
        {
            var outcome = await bus.InvokeAsync<Outcome>(new AllocateSlots(Ask(caller, "brokers found by a node"), id, found), ct);
            if (outcome.Refusal is not null)
            {
                return (outcome.Refusal, false);
            }
        }

        // Of a cluster out of reach the node repeats what it knew last; that must not undo what another node sees now.
        return (null, facts.Reachable && await clusters.Replace(id, facts.Topics, ct));
    }

    private Ask Ask(Caller caller, string reason) => new(caller, reason, Ids.New("change"), time.GetUtcNow());
}

internal static partial class FactsLog
{
    [LoggerMessage(1, LogLevel.Warning, "Facts of {Node} were refused: no such node is registered")]
    public static partial void Stranger(ILogger log, string node);

    [LoggerMessage(2, LogLevel.Warning, "Node {Node} reports physical cluster {PhysicalCluster}, which is not registered; ignored")]
    public static partial void UnknownCluster(ILogger log, string node, string physicalCluster);

    [LoggerMessage(3, LogLevel.Warning, "Two processes report as node {Node}; the former is refused")]
    public static partial void Double(ILogger log, string node);
}
