using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PhysicalClusters;

public static class RegisterPhysicalClusterHandler
{
    public static Task<Outcome> Handle(RegisterPhysicalCluster command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, _) =>
        {
            var decision = PhysicalClusterDecider.Decide(command);
            if (decision.Refusal is { } refusal)
            {
                return Task.FromResult<Verdict>(refusal);
            }

            work.TakeClaim(Claim.PhysicalCluster(command.Name), command.NewId, Refusal.Taken("physical cluster", command.Name));
            work.TakeClaim(Claim.Alive(command.NewId), command.NewId, Refusal.Taken("physical cluster", command.Name));
            return Task.FromResult(Work.Done(work.Start<PhysicalCluster>(command.NewId, decision)));
        }, ct);
}

public static class AllocateSlotsHandler
{
    public static Task<Outcome> Handle(AllocateSlots command, Acceptance acceptance, PhysicalClusterFacts facts, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var stream = await work.Open<PhysicalCluster>(command.PhysicalClusterId, token);
            if (stream.Aggregate is null)
            {
                return Refusal.NotFound("physical cluster", command.PhysicalClusterId);
            }

            var decision = PhysicalClusterDecider.Decide(command, stream.Aggregate, await facts.NextSlot(token));
            foreach (var slot in decision.Events.Cast<SlotAllocated>())
            {
                // The primary key decides between two nodes that report at once; who loses looks again.
                work.Session.QueueSqlCommand("insert into platform.slots (slot, cluster_id, broker_id) values (?, ?, ?)",
                    slot.Slot, command.PhysicalClusterId, slot.BrokerId);
            }

            return Work.Done(work.Append(stream, decision));
        }, ct);
}

public static class SetClusterConnectionHandler
{
    public static Task<Outcome> Handle(SetClusterConnection command, Acceptance acceptance, SealedSecrets secrets, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => ConnectionChange.Run(
            work, command.Name, state => PhysicalClusterDecider.Decide(command, state), cluster => secrets.Stage(work, cluster.Id, cluster.Connections, command.Secrets), token), ct);
}

public static class RemoveClusterConnectionHandler
{
    public static Task<Outcome> Handle(RemoveClusterConnection command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => ConnectionChange.Run(
            work, command.Name, state => PhysicalClusterDecider.Decide(command, state), cluster => SealedSecrets.StageRemoval(work, cluster.Id), token), ct);
}

/// <summary>A change to how nodes connect to a cluster.</summary>
internal static class ConnectionChange
{
    /// <param name="also">What goes with it where something was decided: given the cluster afterwards.</param>
    public static async Task<Verdict> Run(Work work, string name, Func<PhysicalCluster?, Decision> decide, Action<PhysicalCluster> also, CancellationToken ct)
    {
        if (await work.Find<PhysicalCluster>(Claim.PhysicalCluster(name), ct) is not { } found)
        {
            return decide(null).Refusal!;
        }

        var stream = await work.Open<PhysicalCluster>(found.Id, ct);
        var decision = decide(stream.Aggregate);
        if ((work.CheckVersion(stream) ?? decision.Refusal) is { } refusal)
        {
            return refusal;
        }

        var cluster = work.Append(stream, decision);
        if (decision.Events.Count > 0)
        {
            also(cluster);
        }

        return Work.Done(cluster);
    }
}
