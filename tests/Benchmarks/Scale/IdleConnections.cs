using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>Clients that have logged in and wait: what a node needs for them, and what they do to one that works.</summary>
internal static class IdleConnections
{
    public const string Name = "idle";

    private const int Wanted = 10_000;
    private const int AtOnce = 8;

    /// <summary>Descriptors of the node that are not connections.</summary>
    private const int Others = 600;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <param name="scale">Of 10,000 connections; the node takes two file descriptors for each, so fewer where those are limited.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(double scale)
    {
        await using var surroundings = await SyntheticSurroundings.StartAsync([VariantNames.Partner]);
        var variant = surroundings.Variants.Single();
        var count = (int)Math.Min(Wanted * scale, (MostDescriptors() - Others) / 2.0);
        var run = new SyntheticRun(1, scale);
        run.Measure(variant, SyntheticLoad.Closed, 0);
        var alone = run.Measure(variant, SyntheticLoad.Closed, 1).Latency!;
        var before = variant.Proxy!.ResidentBytes();
        var opened = new KafkaConnection[count];
        try
        {
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (i, _) =>
            {
                opened[i] = KafkaConnection.Open(variant);
                return ValueTask.CompletedTask;
            });
            await Task.Delay(Rest);
            var bytes = variant.Proxy.ResidentBytes();
            var beside = run.Measure(variant, SyntheticLoad.Closed, 1).Latency!;
            var of = string.Create(CultureInfo.InvariantCulture, $"{count:N0} idle connections");
            return
            [
                new($"{of}: memory of the node in total", bytes / 1e6, "MB"),
                new($"{of}: memory for each", (bytes - before) / 1e3 / count, "KB"),
                new("p50 of one that works, alone", alone.P50, "us"),
                new($"p50 of one that works, beside {of}", beside.P50, "us"),
            ];
        }
        finally
        {
            foreach (var connection in opened)
            {
                connection?.Dispose();
            }
        }
    }

    private static double MostDescriptors() =>
        double.Parse(File.ReadLines("/proc/self/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Replace("unlimited", "1e9", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
