namespace PartnerPlatform.Platform.Commands;

/// <summary>What a decider answers: events (none: it is so already), or a refusal.</summary>
public sealed record Decision(IReadOnlyList<object> Events, Refusal? Refusal)
{
    public static readonly Decision Nothing = new([], null);

    public static Decision Accept(params object[] events) => new(events, null);

    public static implicit operator Decision(Refusal refusal) => new([], refusal);
}

/// <summary>State of a stream, folded from its events by a pure function; Marten's inline snapshot of it is the read model.</summary>
public interface IState<TSelf> : JasperFx.IRevisioned, IHasStream where TSelf : class, IState<TSelf>
{
    static abstract TSelf After(TSelf? state, object @event);
}

/// <summary>A snapshot that knows the id of its stream.</summary>
public interface IHasStream
{
    string Id { get; }
}

/// <summary>A thing that belongs to an organisation, or (null) to the operator alone.</summary>
public interface IOwned
{
    string? OrganizationId { get; }
}

public static class Fold
{
    public static T? All<T>(T? state, IEnumerable<object> events) where T : class, IState<T>
    {
        foreach (var e in events)
        {
            state = T.After(state, e);
        }

        return state;
    }

    public static InvalidOperationException Unknown<T>(T? state, object @event) =>
        new($"{@event.GetType().Name} does not follow on {(state is null ? "nothing" : "this state")} of {typeof(T).Name}.");
}
