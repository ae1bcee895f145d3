using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Writes to every partition of a topic, through the gateway, until it is stopped, and remembers what was acknowledged.</summary>
public sealed class Writer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<(int Partition, long Offset), string> _written = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _writing;

    private Writer(ClientConfig client, string topic, int partitions) => _writing = Task.Run(() => WriteAsync(client, topic, partitions));

    public IReadOnlyDictionary<(int Partition, long Offset), string> Written => _written;

    public static Writer Start(KafkaFixture kafka, string tenant, string topic, int partitions) => new(kafka.Client(tenant), topic, partitions);

    /// <summary>Waits until each partition has got another record from now on.</summary>
    public async Task WaitForMoreAsync(int partitions)
    {
        var before = _written.Count;
        await Eventually.TrueAsync(() => _written.Count >= before + (2 * partitions), () => $"{_written.Count - before} more records were written; {string.Join("; ", _failures.Take(3))}");
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        Assert.Empty(_failures);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    private async Task WriteAsync(ClientConfig client, string topic, int partitions)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(client) { EnableIdempotence = true }).SetLogHandler((_, _) => { }).Build();
        for (var i = 0; !_stopping.IsCancellationRequested; i++)
        {
            var value = $"record {i}";
            producer.Produce(new TopicPartition(topic, i % partitions), new Message<Null, string> { Value = value }, report =>
            {
                if (report.Error.IsError)
                {
                    _failures.Enqueue(report.Error.ToString());
                }
                else
                {
                    _written[(report.Partition.Value, report.Offset.Value)] = value;
                }
            });
            await Task.Delay(10);
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }
}
