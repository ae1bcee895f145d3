using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Database;

/// <summary>Inline snapshot of a stream by the state's own pure function.</summary>
public sealed class Snapshots<T> : SingleStreamProjection<T, string> where T : class, IState<T>
{
    public Snapshots(IEnumerable<Type> events)
    {
        foreach (var type in events)
        {
            IncludeType(type);
        }
    }

    public override T? Evolve(T? snapshot, string id, IEvent e) => T.After(snapshot, e.Data);
}

public static class Streams
{
    /// <summary>Registers a kind of stream: its events with the names they are stored under, which never change, and its snapshot.</summary>
    public static void AddStream<T>(this StoreOptions options, params (Type Type, string Name)[] events) where T : class, IState<T>
    {
        foreach (var (type, name) in events)
        {
            options.Events.MapEventType(type, name);
        }

        options.Projections.Add(new Snapshots<T>(events.Select(e => e.Type)), ProjectionLifecycle.Inline);
    }
}
