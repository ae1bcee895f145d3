using GraphQL;
using Marten;
using Marten.Linq.MatchesSql;
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
        var aliases = question.ResourceType == "TOPIC" ? await EverNamed(session, cluster.Id, question.ResourceName, ct) : [];
        if (at is not { } moment)
        {
            return new(cluster, account, acls, Current(aliases, question.ResourceName));
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
            Current(then, question.ResourceName));
    }

    /// <summary>Aliases of a virtual cluster that have the name, or had it once.</summary>
    private static Task<IReadOnlyList<Alias>> EverNamed(IQuerySession session, string virtualClusterId, string name, CancellationToken ct) =>
        session.Query<Alias>().Where(a => a.VirtualClusterId == virtualClusterId && a.MatchesSql(
            "exists (select 1 from platform.mt_events e where e.stream_id = d.id and e.type in ('alias_created', 'alias_renamed') and e.data ->> 'Name' = ?)", name))
            .OrderBy(a => a.Id).ToListAsync(ct);

    /// <summary>
    /// The one that the name stands for, as its own or as its former one. A name can be shared again after it was withdrawn; ids are in order of creation.
    /// </summary>
    private static Alias? Current(IReadOnlyList<Alias> aliases, string name)
    {
        var named = aliases.Where(a => a.Name == name || a.Former?.Name == name).ToList();
        return named.LastOrDefault(a => !a.Removed) ?? named.LastOrDefault();
    }

    private static async Task<T?> Then<T>(IQuerySession session, string id, DateTimeOffset at, CancellationToken ct) where T : class, IState<T> =>
        Fold.All<T>(null, (await session.Events.FetchStreamAsync(id, timestamp: at.ToUniversalTime(), token: ct)).Select(e => e.Data));
}
