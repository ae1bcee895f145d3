using System.Diagnostics;
using Confluent.Kafka;
using PartnerPlatform.Benchmarks.Measuring;

namespace PartnerPlatform.Benchmarks.Real;

/// <summary>One producer, one consumer (librdkafka), records of 1 KB.</summary>
/// <param name="scale">Of the usual number of records.</param>
internal sealed class RealLoads(double scale)
{
    public const string Produce = "real-produce";
    public const string Consume = "real-consume";

    private const int RecordBytes = 1024;
    private const int UsualRecords = 300_000;

    private static readonly byte[] Value = Enumerable.Range(0, RecordBytes).Select(i => (byte)i).ToArray();

    private readonly int _records = Math.Max(1000, (int)(UsualRecords * scale));

    public Measurement Measure(RealVariant variant, string load, int round)
    {
        Action<RealVariant> run = load switch
        {
            Produce => ProduceAll,
            Consume => ConsumeAll,
            _ => throw new ArgumentOutOfRangeException(nameof(load), load, "not a load of real clients"),
        };
        variant.Proxy?.Start();
        var start = Stopwatch.GetTimestamp();
        run(variant);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement(load, variant.Name, round, seconds, (long)_records * RecordBytes, _records, variant.Proxy?.Stop(), Latency: null);
    }

    private void ProduceAll(RealVariant variant)
    {
        Error? failed = null;
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig(Copy(variant)) { LingerMs = 5, BatchSize = 1_000_000, QueueBufferingMaxMessages = 200_000, Acks = Acks.All, EnableIdempotence = true })
            .SetErrorHandler((_, e) => failed ??= e).Build();
        for (var i = 0; i < _records; i++)
        {
            while (true)
            {
                try
                {
                    producer.Produce(variant.Topic, new Message<Null, byte[]> { Value = Value }, r => failed ??= r.Error.IsError ? r.Error : null);
                    break;
                }
                catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(20));
                }
            }
        }

        var left = producer.Flush(TimeSpan.FromMinutes(2));
        if (failed is not null || left > 0)
        {
            throw new InvalidOperationException($"{variant.Name}: {left} records are not written after two minutes, first error: {failed?.Reason ?? "none"}");
        }
    }

    private void ConsumeAll(RealVariant variant)
    {
        Error? failed = null;
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig(Copy(variant))
        {
            GroupId = "bench-" + Guid.NewGuid().ToString("N"),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchMaxBytes = 50_000_000,
            MaxPartitionFetchBytes = 10_000_000,
            QueuedMinMessages = 100_000,
        }).SetErrorHandler((_, e) => failed ??= e).Build();
        consumer.Assign(new TopicPartitionOffset(variant.Topic, 0, Offset.Beginning));
        for (var i = 0; i < _records; i++)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(30)) is null || failed is not null)
            {
                throw new InvalidOperationException($"{variant.Name}: no record for 30 s, or an error: {failed?.Reason ?? "none"}");
            }
        }
    }

    /// <summary>A configuration made from another writes into it.</summary>
    private static ClientConfig Copy(RealVariant variant) => new(variant.Client.ToDictionary());
}
