using System.Diagnostics;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A client that works steadily, alone and beside others that fetch at full speed through the same proxy.</summary>
/// <param name="neighbours">How many others.</param>
/// <param name="scale">Of the usual time.</param>
internal sealed class Fairness(int neighbours, double scale)
{
    public const string Alone = "fairness-alone";
    public const string Beside = "fairness-beside";

    private const double Seconds = 10;

    private static readonly SyntheticLoad Fetch = SyntheticLoad.Throughput.First(l => l.Api == ApiKey.Fetch);

    /// <summary>Bytes are those of all, latency is that of the one.</summary>
    public Measurement Measure(Variant variant, string load, int round)
    {
        using var client = PacedClient.Open(variant);
        using var stop = new CancellationTokenSource();
        long fetched = 0;
        var opened = new List<KafkaConnection>();
        var others = new List<Task>();
        try
        {
            for (var i = 0; i < (load == Beside ? neighbours : 0); i++)
            {
                opened.Add(KafkaConnection.Open(variant));
                var generator = new Generator(PreparedRequest.Of(opened[^1], Fetch));
                others.Add(Task.Factory.StartNew(
                    () => generator.RunUntil(stop.Token, Fetch.Window, () => Interlocked.Increment(ref fetched)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }

            variant.Proxy?.Start();
            var before = Interlocked.Read(ref fetched);
            var start = Stopwatch.GetTimestamp();
            var took = client.Run(Seconds * scale);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var answers = Interlocked.Read(ref fetched) - before;
            var cost = variant.Proxy?.Stop();
            return new Measurement(load, variant.Name, round, seconds, took.Length * (long)SyntheticLoad.Small.Bytes + answers * Fetch.Bytes, took.Length + answers, cost, Latency.Of(took));
        }
        finally
        {
            stop.Cancel();
            Task.WhenAll(others).GetAwaiter().GetResult();
            opened.ForEach(c => c.Dispose());
        }
    }
}
