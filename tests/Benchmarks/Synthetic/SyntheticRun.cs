using System.Diagnostics;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>Measures one load through one variant: connections are made and warm before the clock starts.</summary>
/// <param name="connections">At once, a thread each.</param>
/// <param name="scale">Of the usual amount of work.</param>
internal sealed class SyntheticRun(int connections, double scale)
{
    private const double WarmUp = 0.05;

    public Measurement Measure(Variant variant, SyntheticLoad load, int round) =>
        Measure(variant, load, load.Name, round, Scaled(load.Requests), (generator, count) => generator.RunClosed(count, load.Window));

    public Measurement Measure(Variant variant, PacedLoad load, int round, double capacity)
    {
        var rate = capacity * load.Share;
        return Measure(variant, SyntheticLoad.Small, load.Name, round, Scaled(rate * PacedLoad.Seconds), (generator, count) => generator.RunPaced(count, rate / connections));
    }

    /// <summary>Requests a second of the slowest variant, small and pipelined: the medians of three runs each, the first of which only warms up.</summary>
    public double FindCapacity(IReadOnlyList<Variant> variants) => variants.Min(v =>
    {
        Measure(v, SyntheticLoad.Small, 0);
        return Statistics.Median([.. Enumerable.Range(0, 3).Select(_ => Measure(v, SyntheticLoad.Small, 0).RequestsPerSecond)]);
    });

    private int Scaled(double requests) => Math.Max(1, (int)(requests * scale / connections));

    private Measurement Measure(Variant variant, SyntheticLoad load, string name, int round, int count, Func<Generator, int, long[]> run)
    {
        var opened = new List<KafkaConnection>();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                opened.Add(KafkaConnection.Open(variant.Of(i)));
            }

            var generators = opened.ConvertAll(c => new Generator(PreparedRequest.Of(c, load)));
            InParallel(generators, g => g.RunClosed(Math.Max(load.Window, (int)(count * WarmUp)), load.Window));
            variant.Proxy?.Start();
            var start = Stopwatch.GetTimestamp();
            var took = InParallel(generators, g => run(g, count));
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var cost = variant.Proxy?.Stop();
            var requests = (long)count * connections;
            return new Measurement(name, variant.Name, round, seconds, requests * load.Bytes, requests, cost, Latency.Of([.. took.SelectMany(t => t)]));
        }
        finally
        {
            opened.ForEach(c => c.Dispose());
        }
    }

    private static long[][] InParallel(List<Generator> generators, Func<Generator, long[]> run)
    {
        var tasks = generators.ConvertAll(g => Task.Factory.StartNew(() => run(g), TaskCreationOptions.LongRunning));
        return Task.WhenAll(tasks).GetAwaiter().GetResult();
    }
}
