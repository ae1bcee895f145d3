using GraphQL;
using Marten;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.AccessControl;

/// <summary>Gathers what an answer depends on, now or as it was: streams are folded up to the moment.</summary>
public sealed class AccessReading(IDocumentStore store, Reading reading)
{
    /// <param name="at">Null = now.</param>
    public async Task<AccessFacts> Facts(
        IResolveFieldContext context, string clusterName, string accountName, AclQuestion question, DateTimeOffset? at)
    {
        var cluster = await reading.Get<VirtualCluster>(context, Claim.VirtualCluster(clusterName), "virtual cluster", clusterName);
        var account = await reading.Get<ServiceAccount>(context, Claim.ServiceAccount(cluster.Id, accountName), "service account", accountName);
        var ct = context.CancellationToken;
        await using var session = store.QuerySession();
        var acls = await session.Query<AccessControlList>().Where(a => a.VirtualClusterId == cluster.Id).SingleAsync(ct);
        var aliases = question.ResourceType == "TOPIC"
            ? await session.Query<Alias>().Where(a => a.VirtualClusterId == cluster.Id && a.Name == question.ResourceName).OrderBy(a => a.Id).ToListAsync(ct)
            : [];
        if (at is not { } moment)
        {
            return new(cluster, account, acls, Current(aliases));
        }

        var then = new List<Alias>();
        foreach (var alias in aliases)
        {
            if (await Then<Alias>(session, alias.Id, moment, ct) is { } state)
            {
                then.Add(state);
            }
        }

        return new(
            await Then<VirtualCluster>(session, cluster.Id, moment, ct) ?? throw RefusedError.NotFound("virtual cluster at that time", clusterName),
            await Then<ServiceAccount>(session, account.Id, moment, ct) ?? throw RefusedError.NotFound("service account at that time", accountName),
            (await Then<AccessControlList>(session, acls.Id, moment, ct))!,
            Current(then));
    }

    /// <summary>A name can be shared again after it was withdrawn; ids are in order of creation.</summary>
    private static Alias? Current(IReadOnlyList<Alias> aliases) => aliases.LastOrDefault(a => !a.Removed) ?? aliases.LastOrDefault();

    private static async Task<T?> Then<T>(IQuerySession session, string id, DateTimeOffset at, CancellationToken ct) where T : class, IState<T> =>
        Fold.All<T>(null, (await session.Events.FetchStreamAsync(id, timestamp: at, token: ct)).Select(e => e.Data));
}
