using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>A producer that runs; counts what was confirmed, keeps what was refused for good.</summary>
public sealed class RunningWriter : IAsyncDisposable
{
    private const int TurnsPerSecond = 50;

    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;
    private long _confirmed;

    /// <param name="load">Records of 1 KB a second; null: fifty short ones.</param>
    public RunningWriter(string bootstrap, Login login, string topic, int? load = null)
    {
        var config = Clients.Configure(new ProducerConfig { LingerMs = 2, MessageTimeoutMs = 15_000 }, bootstrap, login);
        _writing = Task.Run(() => WriteAsync(config, topic, Math.Max(1, (load ?? 0) / TurnsPerSecond), load is null ? "" : new string('x', 1000)));
    }

    public ConcurrentQueue<Error> Refused { get; } = new();

    public long Confirmed => Interlocked.Read(ref _confirmed);

    public async Task<TimeSpan> MoreAsync(TimeSpan limit)
    {
        var before = Confirmed;
        return await Eventually.TrueAsync("more records are confirmed", limit, () => Confirmed > before + 5);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
    }

    private async Task WriteAsync(ProducerConfig config, string topic, int together, string filling)
    {
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            producer.Produce(topic, new Message<Null, string> { Value = $"return {number}{filling}" }, Report);
            if (number % together == 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1) / TurnsPerSecond);
            }
        }

        producer.Flush(TimeSpan.FromSeconds(5));
    }

    private void Report(DeliveryReport<Null, string> report)
    {
        if (report.Error.IsError)
        {
            Refused.Enqueue(report.Error);
        }
        else
        {
            Interlocked.Increment(ref _confirmed);
        }
    }
}
