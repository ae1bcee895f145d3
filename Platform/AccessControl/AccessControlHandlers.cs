using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.AccessControl;

public static class GrantAccessHandler
{
    public static Task<Outcome> Handle(GrantAccess command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) =>
            AccessControlChange.Run(work, command.VirtualCluster, state => AccessControlDecider.Decide(command, state), token), ct);
}

public static class RevokeAccessHandler
{
    public static Task<Outcome> Handle(RevokeAccess command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) =>
            AccessControlChange.Run(work, command.VirtualCluster, state => AccessControlDecider.Decide(command, state), token), ct);
}

public static class AccessControlChange
{
    public static async Task<Verdict> Run(Work work, string cluster, Func<AccessControlList?, Decision> decide, CancellationToken ct)
    {
        var found = await work.Find<VirtualCluster>(Claim.VirtualCluster(cluster), ct);
        if (found is null || await work.Owner(Key(found.Id), ct) is not { } id)
        {
            return decide(null).Refusal!;
        }

        var stream = await work.Open<AccessControlList>(id, ct);
        var decision = decide(stream.Aggregate);
        return (work.CheckVersion(stream) ?? decision.Refusal) is { } refusal ? refusal : Work.Done(work.Append(stream, decision));
    }

    /// <summary>An account's default rights, as part of the work that creates it.</summary>
    public static async Task<Refusal?> StageDefaults(Work work, string clusterId, string account, CancellationToken ct)
    {
        var stream = await work.Open<AccessControlList>((await work.Owner(Key(clusterId), ct))!, ct);
        var decision = AccessControlDecider.Decide(new GrantAccess(work.Ask, stream.Aggregate!.VirtualCluster, AccessControlDecider.Defaults(account)), stream.Aggregate);
        if (decision.Refusal is null)
        {
            work.Append(stream, decision);
        }

        return decision.Refusal;
    }

    /// <summary>Bindings follow a topic's name, as part of the work that renames it.</summary>
    public static async Task<Refusal?> StageTopicName(Work work, string clusterId, string name, string? newName, bool keep, CancellationToken ct)
    {
        var stream = await work.Open<AccessControlList>((await work.Owner(Key(clusterId), ct))!, ct);
        var decision = AccessControlDecider.Rename(stream.Aggregate!, name, newName, keep);
        if (decision.Refusal is null)
        {
            work.Append(stream, decision);
        }

        return decision.Refusal;
    }

    private static string Key(string clusterId) => $"accessControl:{clusterId}";
}
