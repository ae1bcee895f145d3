using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>
/// What a hundred changes a second to a large model do to a client that works: a node follows a feed of one document each. Changes go on until the node has written its state file, which with
/// very many documents it does once a minute, so that this is in the figures; the next measurement without changes begins when nothing is left to be written.
/// </summary>
internal static class ChangesUnderLoad
{
    public const string Name = "changes-100";

    private const int ChangesPerSecond = 100;
    private const int Clusters = 10_000;
    private const double Seconds = 20;
    private const double ShortestSeconds = 2;

    /// <summary>A state file is written after a minute at the latest.</summary>
    private const double Longest = 150;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

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

        var state = Path.Combine(Directory.CreateTempSubdirectory("benchmarks-state-").FullName, "state.json");
        await using var feed = await FeedServer.StartAsync();
        await using var surroundings = await SyntheticSurroundings.StartAsync([VariantNames.Standard], tenants, new Dictionary<string, string>(feed.Settings) { ["GATEWAY_STATE_FILE"] = state });
        var variant = surroundings.Variants.Single();
        using var client = PacedClient.Open(variant);
        var (without, with) = (new List<Round>(), new List<Round>());
        for (var round = 0; round <= rounds; round++)
        {
            var quiet = await MeasureAsync(client, variant, () => Task.Delay(TimeSpan.FromSeconds(seconds)));
            var last = DateTime.MaxValue;
            var busy = await MeasureAsync(client, variant, async () => last = await ChangeAsync(feed, state, clusters, seconds));
            await UntilAsync("the state file is written", IsWrittenSince(state, last));
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

    private static async Task<Round> MeasureAsync(PacedClient client, Variant variant, Func<Task> other)
    {
        variant.Proxy!.Start();
        var start = Stopwatch.GetTimestamp();
        var latency = await client.RunBesideAsync(other, Longest);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Round(latency, variant.Proxy.Stop().CpuSeconds / seconds);
    }

    /// <returns>When the last change was told.</returns>
    private static async Task<DateTime> ChangeAsync(FeedServer feed, string state, int clusters, double seconds)
    {
        var written = IsWrittenSince(state, DateTime.UtcNow);
        var (before, count) = (feed.Applied, 0);
        await Task.Factory.StartNew(
            () =>
            {
                var start = Stopwatch.GetTimestamp();
                for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || (!written() && Stopwatch.GetElapsedTime(start).TotalSeconds < Longest); count++)
                {
                    Native.SleepUntil(start + count * Stopwatch.Frequency / ChangesPerSecond);
                    feed.Append(ManyTenants.Change(clusters, count));
                }
            },
            TaskCreationOptions.LongRunning);
        var last = DateTime.UtcNow;
        await UntilAsync("the node has applied all changes", () => feed.Applied >= before + count);
        return last;
    }

    private static Func<bool> IsWrittenSince(string file, DateTime moment) => () => File.GetLastWriteTimeUtc(file) > moment;

    private static async Task UntilAsync(string what, Func<bool> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > Longest)
            {
                throw new InvalidOperationException($"Not so after {Longest} s: {what}.");
            }

            await Task.Delay(Look);
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
