using GraphQL;
using Marten;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;
using Wolverine;

namespace PartnerPlatform.Platform.Graph;

/// <summary>From a mutation's input to its command, and from the outcome to its payload or error.</summary>
public sealed class Dispatch(IServiceScopeFactory scopes, IDocumentStore store, Enforcement enforcement, TimeProvider time)
{
    /// <summary>Below the request's own time limit.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>The changed thing, what changed, and a credential if one came into being.</summary>
    public async Task<(T Thing, Change Change, Issued? Issued)> Send<T>(
        IResolveFieldContext context, MutationInput input, Func<Ask, Command> make) where T : class, IState<T>
    {
        var ask = new Ask(
            context.User!.ToCaller(), input.Reason, Ids.New("change"), time.GetUtcNow(), input.IdempotencyKey, input.ExpectedVersion, input.DryRun);
        Outcome outcome;
        await using (var scope = scopes.CreateAsyncScope())
        {
            // Not the request's token: a caller that hangs up must not leave it open whether its command counts.
            outcome = await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync<Outcome>(make(ask), CancellationToken.None);
        }

        if (outcome.Refusal is { } refusal)
        {
            throw new RefusedError(refusal);
        }

        var thing = outcome.Thing as T ?? await Load<T>(outcome.ThingId, context.CancellationToken);
        if (outcome.Replayed && thing is IOwned owned && !ask.Caller.MaySee(owned.OrganizationId))
        {
            // The caller has gone to another organisation since.
            throw RefusedError.NotFound("thing", outcome.ThingId);
        }

        EnforcementState? awaited = null;
        if (input.AwaitEnforcement is { } atMost && outcome is { ForGateways: true, FeedNumber: > 0 })
        {
            awaited = await enforcement.Await(outcome.FeedNumber, atMost < LongestWait ? atMost : LongestWait, context.CancellationToken);
        }

        return (thing, new Change(outcome, awaited), outcome.Issued);
    }

    private async Task<T> Load<T>(string id, CancellationToken ct) where T : class, IState<T>
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<T>(id, ct) ?? throw new InvalidOperationException($"Stream {id} has no snapshot.");
    }
}
