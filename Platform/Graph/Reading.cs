using System.Linq.Expressions;
using GraphQL;
using Marten;
using Marten.Linq.MatchesSql;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Reads snapshots for queries: only what the caller may know of, in stable order, never without a limit.</summary>
public sealed class Reading(IDocumentStore store, ClaimReader claims)
{
    /// <summary>The thing a claim stands for, or null (NOT_FOUND to the caller) when there is none that it may know of.</summary>
    public async Task<T?> Find<T>(IResolveFieldContext context, string claim) where T : class, IState<T>, IOwned
    {
        return await claims.Owner(claim, context.CancellationToken) is { } id ? await ById<T>(context, id) : null;
    }

    /// <summary>The thing of that id, or null when there is none that the caller may know of.</summary>
    public async Task<T?> ById<T>(IResolveFieldContext context, string id) where T : class, IState<T>, IOwned
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<T>(id, context.CancellationToken) is { } thing && context.User!.ToCaller().MaySee(thing.OrganizationId)
            ? thing
            : null;
    }

    public async Task<T> Get<T>(IResolveFieldContext context, string claim, string what, string name) where T : class, IState<T>, IOwned =>
        await Find<T>(context, claim) ?? throw RefusedError.NotFound(what, name);

    /// <summary>A page ordered by id, which is the order of creation.</summary>
    public async Task<Connection<TView>> List<T, TView>(
        IResolveFieldContext context, int first, string? after, Func<IQueryable<T>, IQueryable<T>> filter, Func<T, TView> view)
        where T : class, IState<T>, IOwned where TView : class
    {
        Paging.Check(first);
        var place = Paging.Decode(after);
        var caller = context.User!.ToCaller();
        await using var session = store.QuerySession();
        var query = Visible(session);
        if (place is not null)
        {
            query = query.Where(x => x.MatchesSql("d.id > ?", place));
        }

        var rows = await query.OrderBy(x => x.Id).Take(first + 1).ToListAsync(context.CancellationToken);
        return Paging.Page(rows, first, view, x => x.Id) with
        {
            Count = async ct =>
            {
                await using var counting = store.QuerySession();
                return await Visible(counting).CountAsync(ct);
            },
        };

        IQueryable<T> Visible(IQuerySession session)
        {
            var all = filter(session.Query<T>());
            return caller.MaySee(null) ? all : all.Where(x => x.MatchesSql("d.data ->> 'OrganizationId' = ?", caller.OrganizationId ?? ""));
        }
    }
}
