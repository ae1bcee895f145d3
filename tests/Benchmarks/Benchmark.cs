using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Real;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Benchmarks;

/// <summary>Runs rounds: each load takes all its variants one after the other, so that a slow moment of the machine hits all alike.</summary>
internal sealed class Benchmark(BenchmarkOptions options)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<Skipped> _skipped = [];

    /// <summary>Without those that only warmed up.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    public IReadOnlyList<Skipped> Skipped => _skipped;

    /// <summary>Requests a second that paced loads are shares of; null: none was run.</summary>
    public double? Capacity { get; private set; }

    public async Task RunAsync()
    {
        if (options.Loads.Overlaps([.. LoadNames.Groups["synthetic"], .. LoadNames.Groups["latency"]]))
        {
            await RunSyntheticAsync();
        }

        if (options.Loads.Overlaps(LoadNames.Groups["real"]))
        {
            await RunRealAsync();
        }
    }

    private async Task RunSyntheticAsync()
    {
        await using var surroundings = await SyntheticSurroundings.StartAsync(options.Variants);
        _skipped.AddRange(surroundings.Skipped);
        var run = new SyntheticRun(options.Connections, options.Scale);
        var loads = SyntheticLoad.Throughput.Append(SyntheticLoad.Closed).Where(l => options.Loads.Contains(l.Name)).ToList();
        var paced = PacedLoad.All.Where(l => options.Loads.Contains(l.Name)).ToList();
        var open = surroundings.Variants.Where(v => !v.IsTls).ToList();
        Capacity = paced.Count > 0 && open.Count > 0 ? run.FindCapacity(open) : null;
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var load in loads)
            {
                foreach (var variant in load.ByTls ? surroundings.Variants : open)
                {
                    Add(run.Measure(variant, load, round));
                }
            }

            foreach (var load in paced)
            {
                open.ForEach(v => Add(run.Measure(v, load, round, Capacity!.Value)));
            }
        }
    }

    private async Task RunRealAsync()
    {
        if (RealKafka.SkipReason is { } reason)
        {
            _skipped.Add(new Skipped("real", reason));
            return;
        }

        _skipped.AddRange(options.Variants.Where(v => v.StartsWith(VariantNames.Haproxy, StringComparison.Ordinal))
            .Select(v => new Skipped($"{v}, real", "clients follow the addresses that brokers tell, past it")));
        await using var surroundings = await RealSurroundings.StartAsync(options.Variants);
        var loads = new RealLoads(options.Scale);
        for (var round = 0; round <= options.Rounds; round++)
        {
            // Written before it is read.
            foreach (var load in new[] { RealLoads.Produce, RealLoads.Consume }.Where(options.Loads.Contains))
            {
                foreach (var variant in surroundings.Variants)
                {
                    Add(loads.Measure(variant, load, round));
                }
            }
        }
    }

    private void Add(Measurement measurement)
    {
        var warmUp = measurement.Round == 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(warmUp ? "warm-up" : $"round {measurement.Round}")} {measurement.Load} {measurement.Variant}: {measurement.MegabytesPerSecond:0} MB/s, {measurement.CpuSecondsPerGigabyte:0.000} CPU s/GB"));
        if (!warmUp)
        {
            _measurements.Add(measurement);
        }
    }
}
