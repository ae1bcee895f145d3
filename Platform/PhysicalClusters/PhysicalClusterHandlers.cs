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
