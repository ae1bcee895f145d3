using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>Clients of 500 virtual clusters that connect at once, as after the restart of a node: TCP, versions, login, metadata, producer id, first Produce; and a client that works meanwhile.</summary>
internal static class ConnectAtOnce
{
    public const string Name = "connect-500";

    private const int Clusters = 500;
    private const double SecondsBefore = 3;
    private const double Longest = 60;

    /// <summary>Threads only wait.</summary>
    private const int StackBytes = 256 * 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <param name="rounds">After a first, in which the node has yet to compile what logins need; that one is told by itself.</param>
    /// <param name="scale">Of the number of virtual clusters.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int rounds, double scale)
    {
        var count = Math.Max(2, (int)(Clusters * scale));
        var tenants = new BenchmarkTenants(SinkTopics.Plain);
        var partners = Enumerable.Range(0, count).Select(i => tenants.AddPartner($"partner-{i}", SinkTopics.Plain)).ToList();
        await using var surroundings = await SyntheticSurroundings.StartAsync([VariantNames.Direct, VariantNames.Partner], tenants);
        var direct = surroundings.Variants.Single(v => v.Proxy is null);
        var partner = surroundings.Variants.Single(v => v.Proxy is not null);
        Variant[] ways = [.. partners.Select(p => partner with { Topic = p.Topic, Login = p.Login })];
        var (plain, proxied) = (new List<Round>(), new List<Round>());
        for (var round = 0; round <= rounds; round++)
        {
            plain.Add(await MeasureAsync(direct, [.. Enumerable.Repeat(direct, count)]));
            proxied.Add(await MeasureAsync(partner, ways));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(round == 0 ? "warm-up" : $"round {round}")} {Name}: all served after {plain[^1].Seconds:0.00} s directly, {proxied[^1].Seconds:0.00} s through the node"));
        }

        var of = $"{count} virtual clusters connect at once";
        return
        [
            .. Figures($"{of}, direct, without logins", plain[1..]),
            .. Figures(of, proxied[1..]),
            new($"{of}: all served, the first time after the node's start", proxied[0].Seconds, "s"),
            new($"{of}: processor time of the node for each", Statistics.Median([.. proxied[1..].Select(r => r.CpuSeconds)]) * 1e3 / count, "ms"),
            new($"{of}: memory of the node before", proxied[0].BytesBefore / 1e6, "MB"),
            new($"{of}: memory of the node with all connected", proxied.Max(r => r.BytesAfter) / 1e6, "MB"),
        ];
    }

    /// <param name="working">The way of the client that works.</param>
    /// <param name="ways">Of those that connect.</param>
    private static async Task<Round> MeasureAsync(Variant working, Variant[] ways)
    {
        using var client = PacedClient.Open(working);
        var before = Latency.Of(client.Run(SecondsBefore));
        var bytes = working.Proxy?.ResidentBytes() ?? 0;
        var took = new long[ways.Length];
        var opened = new KafkaConnection?[ways.Length];
        var seconds = 0.0;
        try
        {
            working.Proxy?.Start();
            var during = await client.RunBesideAsync(async () => seconds = await ConnectAsync(ways, took, opened), Longest);
            var cpu = working.Proxy?.Stop().CpuSeconds ?? 0;
            return new Round(seconds, Latency.Of(took), cpu, bytes, working.Proxy?.ResidentBytes() ?? 0, before, during);
        }
        finally
        {
            Array.ForEach(opened, o => o?.Dispose());
            await Task.Delay(Rest);
        }
    }

    /// <returns>Seconds until all were served.</returns>
    private static async Task<double> ConnectAsync(Variant[] ways, long[] took, KafkaConnection?[] opened)
    {
        using var go = new ManualResetEventSlim();
        long start = 0;
        var clients = ways.Select((way, i) =>
        {
            var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                try
                {
                    // Hundreds of threads on the node's own cores would else be what is measured.
                    Native.GiveWay();
                    go.Wait();
                    opened[i] = KafkaConnection.Open(way);
                    PreparedRequest.Of(opened[i]!, SyntheticLoad.Small);
                    took[i] = Stopwatch.GetTimestamp() - Interlocked.Read(ref start);
                    served.SetResult();
                }
                catch (Exception e)
                {
                    // Told by the task.
                    served.SetException(e);
                }
            }, StackBytes);
            thread.Start();
            return served.Task;
        }).ToList();
        Interlocked.Exchange(ref start, Stopwatch.GetTimestamp());
        go.Set();
        await Task.WhenAll(clients);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static IEnumerable<Figure> Figures(string of, List<Round> rounds)
    {
        double Median(Func<Round, double> value) => Statistics.Median([.. rounds.Select(value)]);
        return
        [
            new($"{of}: all served", Median(r => r.Seconds), "s"),
            new($"{of}: served, p50", Median(r => r.Served.P50) / 1e3, "ms"),
            new($"{of}: served, p99", Median(r => r.Served.P99) / 1e3, "ms"),
            new($"{of}: p50 of a client that works, before", Median(r => r.Before.P50), "us"),
            new($"{of}: p99 of a client that works, before", Median(r => r.Before.P99), "us"),
            new($"{of}: p50 of a client that works, meanwhile", Median(r => r.During.P50), "us"),
            new($"{of}: p99 of a client that works, meanwhile", Median(r => r.During.P99), "us"),
        ];
    }

    /// <param name="Seconds">Until all were served.</param>
    /// <param name="Served">From the beginning to the answer to the first Produce.</param>
    /// <param name="Before">Of the client that works.</param>
    /// <param name="During">Of the client that works.</param>
    private sealed record Round(double Seconds, Latency Served, double CpuSeconds, long BytesBefore, long BytesAfter, Latency Before, Latency During);
}
