using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>What a hundred changes a second to a large model do to a client that works: a node follows a feed of one document each.</summary>
internal static class ChangesUnderLoad
{
    public const string Name = "changes-100";

    private const int ChangesPerSecond = 100;
    private const int Clusters = 10_000;
    private const double Seconds = 20;
    private const double ShortestSeconds = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="rounds">Without and with changes in turn, after one that warms up.</param>
    /// <param name="scale">Of the number of virtual clusters, and of the time.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int rounds, double scale)
    {
        var clusters = Math.Max(10, (int)(Clusters * scale));
        var seconds = Math.Max(ShortestSeconds, Seconds * scale);
        var tenants = new BenchmarkTenants(SinkTopics.Plain);
        foreach (var (kind, id, document) in ManyTenants.Of(clusters))
        {
            tenants.Tenants.Put(kind, id, document);
        }

        await using var feed = await FeedServer.StartAsync();
        await using var surroundings = await SyntheticSurroundings.StartAsync([VariantNames.Standard], tenants, feed.Settings);
        var variant = surroundings.Variants.Single();
        using var client = PacedClient.Open(variant);
        var (without, with) = (new List<Round>(), new List<Round>());
        for (var round = 0; round <= rounds; round++)
        {
            var quiet = await MeasureAsync(client, variant, () => Task.Delay(TimeSpan.FromSeconds(seconds)), seconds);
            var busy = await MeasureAsync(client, variant, () => ChangeAsync(feed, clusters, seconds), seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(round == 0 ? "warm-up" : $"round {round}")} {Name}: p99 {quiet.Latency.P99:0} us without, {busy.Latency.P99:0} us with"));
            if (round > 0)
            {
                without.Add(quiet);
                with.Add(busy);
            }
        }

        var of = string.Create(CultureInfo.InvariantCulture, $"{PacedClient.RequestsPerSecond:N0} requests a second, {clusters:N0} virtual clusters");
        return [.. Figures($"{of}, no changes", without), .. Figures($"{of}, {ChangesPerSecond} changes a second", with)];
    }

    private static async Task<Round> MeasureAsync(PacedClient client, Variant variant, Func<Task> other, double seconds)
    {
        variant.Proxy!.Start();
        var latency = await client.RunBesideAsync(other, seconds);
        return new Round(latency, variant.Proxy.Stop().CpuSeconds / seconds);
    }

    /// <summary>Ends when the node has applied all of them.</summary>
    private static async Task ChangeAsync(FeedServer feed, int clusters, double seconds)
    {
        var before = feed.Applied;
        var count = (int)(seconds * ChangesPerSecond);
        var start = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < count; i++)
                {
                    Native.SleepUntil(start + i * Stopwatch.Frequency / ChangesPerSecond);
                    feed.Append(ManyTenants.Change(clusters, i));
                }
            },
            TaskCreationOptions.LongRunning);
        while (feed.Applied < before + count)
        {
            await Task.Delay(10);
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(seconds) + Patience)
            {
                throw new InvalidOperationException($"The node has applied {feed.Applied - before} of {count} changes.");
            }
        }
    }

    private static IEnumerable<Figure> Figures(string of, List<Round> rounds)
    {
        double Median(Func<Round, double> value) => Statistics.Median([.. rounds.Select(value)]);
        return
        [
            new($"{of}: p50", Median(r => r.Latency.P50), "us"),
            new($"{of}: p99", Median(r => r.Latency.P99), "us"),
            new($"{of}: p99.9", Median(r => r.Latency.P999), "us"),
            new($"{of}: processor time of the node", Median(r => r.Cpu) * 100, "% of a core"),
        ];
    }

    private sealed record Round(Latency Latency, double Cpu);
}
