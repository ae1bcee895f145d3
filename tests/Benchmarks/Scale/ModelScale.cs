using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>A node's model with many virtual clusters, of 10 aliases and 100 ACL bindings each: memory, loading, look-ups, one change.</summary>
internal static class ModelScale
{
    public const string Name = "model";

    private const int Few = 10;
    private const int Many = 10_000;
    private const int Lookups = 2_000_000;
    private const int Changes = 500;

    /// <param name="scale">Of the larger number of virtual clusters.</param>
    public static IEnumerable<Figure> Measure(double scale)
    {
        // The first only warms up.
        Measure(Few);
        return Measure(Few).Concat(Measure(Math.Max(Few + 1, (int)(Many * scale))));
    }

    private static List<Figure> Measure(int clusters)
    {
        var entries = Entries(clusters);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var model = new ModelStore();
        var start = Stopwatch.GetTimestamp();
        model.Replace(entries);
        var loaded = Stopwatch.GetElapsedTime(start);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var (lookup, verdict) = Lookup(model, clusters);
        var changes = Change(model, clusters, entries.Count);
        var of = string.Create(CultureInfo.InvariantCulture, $"{clusters:N0} virtual clusters, {clusters * ManyTenants.Aliases:N0} aliases, {clusters * ManyTenants.Bindings:N0} bindings");
        GC.KeepAlive(entries);
        return
        [
            new($"{of}: memory beside the documents", bytes / 1e6, "MB"),
            new($"{of}: loaded from a snapshot", loaded.TotalSeconds, "s"),
            new($"{of}: look-up of an alias", lookup, "ns"),
            new($"{of}: verdict on a right", verdict, "ns"),
            new($"{of}: one change, median", changes[changes.Count / 2], "us"),
            new($"{of}: one change, p99", changes[changes.Count * 99 / 100], "us"),
        ];
    }

    private static (double Alias, double Verdict) Lookup(ModelStore model, int clusters)
    {
        var names = Enumerable.Range(0, ManyTenants.Aliases).Select(i => Encoding.UTF8.GetBytes($"topic-{i}")).ToArray();
        var texts = names.Select(Encoding.UTF8.GetString).ToArray();
        var handles = Enumerable.Range(0, clusters).Select(i => model.Find($"tenant-{i}")!).ToArray();

        // A few in use at a time, as connections are: what is compared is the look-up, not the processor's cache.
        var used = Random.Shared.GetItems(handles, Few);
        double Nanoseconds(Func<int, bool> look)
        {
            for (var warmUp = 0; warmUp < Lookups / 10; warmUp++)
            {
                look(warmUp);
            }

            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Lookups; i++)
            {
                if (!look(i))
                {
                    throw new InvalidOperationException("A look-up found nothing.");
                }
            }

            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Lookups;
        }

        return (Nanoseconds(i => used[i % Few].Current!.Aliases.Find(names[i % ManyTenants.Aliases]) is not null),
            Nanoseconds(i => used[i % Few].Current!.Acls.Allows("User:app-0", "10.0.0.1", Operation.Read, ResourceType.Topic, texts[i % ManyTenants.Aliases])));
    }

    private static List<double> Change(ModelStore model, int clusters, long number)
    {
        var took = new List<double>();
        for (var i = 0; i < Changes; i++)
        {
            var entry = Entry(++number, ManyTenants.Change(clusters, i));
            var start = Stopwatch.GetTimestamp();
            model.Apply(entry);
            took.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        took.Sort();
        return took;
    }

    private static List<FeedEntry> Entries(int clusters) =>
    [
        .. ManyTenants.Of(clusters).Prepend((FeedKinds.PhysicalCluster, "main", new PhysicalClusterDocument("main", "main", [new BrokerSlot(1, 0)])))
            .Select((d, i) => Entry(i + 1, d)),
    ];

    private static FeedEntry Entry(long number, (string Kind, string Id, object Document) d) =>
        new(number, FeedKinds.Key(d.Kind, d.Id), number, DateTimeOffset.UnixEpoch, JsonSerializer.SerializeToElement(d.Document, d.Document.GetType(), ContractJson.Options));
}
