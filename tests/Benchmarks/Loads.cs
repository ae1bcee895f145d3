using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace PartnerPlatform.Benchmarks;

/// <summary>A way to the brokers.</summary>
/// <param name="Topic">As the client names it.</param>
/// <param name="GatewayProcess">Whose CPU time counts; null for none.</param>
internal sealed record Variant(string Name, ClientConfig Client, string Topic, int? GatewayProcess);

/// <summary>One measurement.</summary>
/// <param name="CpuSecondsPerGigabyte">Of the gateway, user and system; null without one.</param>
internal sealed record Sample(string Variant, string Load, double MegabytesPerSecond, double? CpuSecondsPerGigabyte);

/// <summary>One producer, one consumer, 1 KB records.</summary>
internal static class Loads
{
    private const int RecordBytes = 1024;
    private const int Records = 300_000;

    private static readonly byte[] Value = Enumerable.Range(0, RecordBytes).Select(i => (byte)i).ToArray();

    public static Sample Produce(Variant variant) => Measure(variant, "produce", () =>
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig(variant.Client) { LingerMs = 5, BatchSize = 1_000_000, QueueBufferingMaxMessages = 200_000, Acks = Acks.All }).Build();
        Exception? failed = null;
        for (var i = 0; i < Records; i++)
        {
            while (true)
            {
                try
                {
                    producer.Produce(variant.Topic, new Message<Null, byte[]> { Value = Value }, r => failed = r.Error.IsError ? new KafkaException(r.Error) : failed);
                    break;
                }
                catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(20));
                }
            }
        }

        producer.Flush(TimeSpan.FromMinutes(2));
        if (failed is not null)
        {
            throw failed;
        }
    });

    public static Sample Consume(Variant variant) => Measure(variant, "consume", () =>
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig(variant.Client)
        {
            GroupId = "bench-" + Guid.NewGuid().ToString("N"),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchMaxBytes = 50_000_000,
            MaxPartitionFetchBytes = 10_000_000,
            QueuedMinMessages = 100_000,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(variant.Topic, 0, Offset.Beginning));
        for (var i = 0; i < Records; i++)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(30)) is null)
            {
                throw new InvalidOperationException($"{variant.Name}: no record for 30 s.");
            }
        }
    });

    private static Sample Measure(Variant variant, string load, Action run)
    {
        var cpu = CpuSeconds(variant.GatewayProcess);
        var start = Stopwatch.GetTimestamp();
        run();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        const double bytes = (double)Records * RecordBytes;
        return new Sample(variant.Name, load, bytes / 1e6 / seconds, variant.GatewayProcess is null ? null : (CpuSeconds(variant.GatewayProcess) - cpu) / (bytes / 1e9));
    }

    private static double CpuSeconds(int? process)
    {
        if (process is null)
        {
            return 0;
        }

        // utime and stime, in ticks of 1/100 s, behind the program's name.
        var stat = File.ReadAllText($"/proc/{process.Value.ToString(CultureInfo.InvariantCulture)}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }
}
