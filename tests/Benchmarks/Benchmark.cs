using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Real;
using PartnerPlatform.Benchmarks.Scale;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Benchmarks;

/// <summary>A load that a variant did not carry.</summary>
internal sealed record Failed(string Load, string Variant, int Round, string Reason);

/// <summary>Runs rounds: each load takes all its variants one after the other, so that a slow moment of the machine hits all alike.</summary>
internal sealed class Benchmark(BenchmarkOptions options)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<Skipped> _skipped = [];
    private readonly List<Failed> _failed = [];
    private readonly List<Figure> _figures = [];

    /// <summary>Without those that only warmed up.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    public IReadOnlyList<Figure> Figures => _figures;

    public IReadOnlyList<Skipped> Skipped => _skipped;

    public IReadOnlyList<Failed> Failed => _failed;

    /// <summary>Requests a second that paced loads are shares of; null: none was run.</summary>
    public double? Capacity { get; private set; }

    public async Task RunAsync()
    {
        if (options.Loads.Overlaps([.. LoadNames.Groups["synthetic"], .. LoadNames.Groups["latency"], .. LoadNames.Groups["fairness"]]))
        {
            await RunSyntheticAsync();
        }

        if (options.Loads.Overlaps([.. LoadNames.Groups["real"], .. LoadNames.Groups["java"]]))
        {
            await RunRealAsync();
        }

        if (options.Loads.Contains(ModelScale.Name))
        {
            _figures.AddRange(ModelScale.Measure(options.Scale));
        }

        if (options.Loads.Contains(IdleConnections.Name))
        {
            _figures.AddRange(await IdleConnections.MeasureAsync(options.Scale));
        }

        if (options.Loads.Contains(ConnectAtOnce.Name))
        {
            _figures.AddRange(await ConnectAtOnce.MeasureAsync(options.Rounds, options.Scale));
        }

        if (options.Loads.Contains(ChangesUnderLoad.Name))
        {
            _figures.AddRange(await ChangesUnderLoad.MeasureAsync(options.Rounds, options.Scale));
        }
    }

    private async Task RunSyntheticAsync()
    {
        var wanted = options.Variants.ToHashSet();
        if (options.Connections < 2 && wanted.Remove(VariantNames.StandardOnTwo))
        {
            _skipped.Add(new Skipped(VariantNames.StandardOnTwo, "one connection goes through one node: --connections 2"));
        }

        await using var surroundings = await SyntheticSurroundings.StartAsync(wanted);
        _skipped.AddRange(surroundings.Skipped);
        var fairness = new Fairness(options.Connections, options.Scale);
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
                    Add(load.Name, variant.Name, round, () => run.Measure(variant, load, round));
                }
            }

            foreach (var load in paced)
            {
                open.ForEach(v => Add(load.Name, v.Name, round, () => run.Measure(v, load, round, Capacity!.Value)));
            }

            foreach (var load in LoadNames.Groups["fairness"].Where(options.Loads.Contains))
            {
                open.ForEach(v => Add(load, v.Name, round, () => fairness.Measure(v, load, round)));
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
        using var java = new JavaLoads(options.Scale);
        for (var round = 0; round <= options.Rounds; round++)
        {
            // Written before it is read.
            foreach (var load in new[] { RealLoads.Produce, RealLoads.Consume }.Where(options.Loads.Contains))
            {
                foreach (var variant in surroundings.Variants)
                {
                    Add(load, variant.Name, round, () => loads.Measure(variant, load, round));
                }
            }

            foreach (var load in LoadNames.Groups["java"].Where(options.Loads.Contains))
            {
                foreach (var variant in surroundings.Variants)
                {
                    Add(load, variant.Name, round, () => java.Measure(variant, load, round));
                }
            }
        }
    }

    /// <summary>What failed once is not counted at all, and not tried again.</summary>
    private void Add(string load, string variant, int round, Func<Measurement> measure)
    {
        if (_failed.Exists(f => f.Load == load && f.Variant == variant))
        {
            return;
        }

        try
        {
            var measurement = measure();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(round == 0 ? "warm-up" : $"round {round}")} {load} {variant}: {measurement.MegabytesPerSecond:0} MB/s, {measurement.CpuSecondsPerGigabyte:0.000} CPU s/GB"));
            if (round > 0)
            {
                _measurements.Add(measurement);
            }
        }
        catch (Exception e)
        {
            // Whatever it was: the other variants' figures are not lost, and the whole run ends as failed.
            Console.Error.WriteLine($"FAILED: round {round} {load} {variant}: {e}");
            _failed.Add(new Failed(load, variant, round, e.Message));
            _measurements.RemoveAll(m => m.Load == load && m.Variant == variant);
        }
    }
}
