using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A client that works steadily, so that it is seen what others do to it: 1 KB Produce requests at fixed moments.</summary>
internal sealed class PacedClient : IDisposable
{
    public const int RequestsPerSecond = 1000;

    private const int WarmUp = 500;

    private readonly KafkaConnection _connection;
    private readonly Generator _generator;

    private PacedClient(Variant variant)
    {
        _connection = KafkaConnection.Open(variant);
        _generator = new Generator(PreparedRequest.Of(_connection, SyntheticLoad.Small));
        _generator.RunClosed(WarmUp, 1);
    }

    /// <summary>Connected and warm.</summary>
    public static PacedClient Open(Variant variant) => new(variant);

    /// <returns>How long each answer took, in Stopwatch ticks.</returns>
    public long[] Run(double seconds, CancellationToken stop = default) => _generator.RunPaced((int)(seconds * RequestsPerSecond), RequestsPerSecond, stop);

    /// <summary>Works in a thread of its own as long as something else runs.</summary>
    /// <param name="longest">Seconds.</param>
    public async Task<Latency> RunBesideAsync(Func<Task> other, double longest)
    {
        using var stop = new CancellationTokenSource();
        var working = Task.Factory.StartNew(() => Run(longest, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await other();
        }
        finally
        {
            await stop.CancelAsync();
        }

        return Latency.Of(await working);
    }

    public void Dispose() => _connection.Dispose();
}
