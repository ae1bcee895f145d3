using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>
/// Numbered records, written idempotently with acks=all and read by a group, all through the gateway. What was acknowledged must be in the log once, and be
/// read; what the log holds is asked from the brokers themselves.
/// </summary>
public sealed class Load : IAsyncDisposable
{
    private readonly FaultyKafka _kafka;
    private readonly string _topic;
    private readonly CancellationTokenSource _stopWriting = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<(int Partition, long Offset), int> _read = new();
    private readonly Task _writing;
    private readonly Task _reading;
    private int _written;
    private int _acknowledged;

    private Load(FaultyKafka kafka, string topic)
    {
        _kafka = kafka;
        _topic = topic;
        _writing = Task.Run(WriteAsync);
        _reading = Task.Run(Read);
    }

    public static async Task<Load> StartAsync(FaultyKafka kafka, string topic)
    {
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop." + topic, 3));
        var load = new Load(kafka, topic);
        await load.WaitForMoreAsync(200);
        return load;
    }

    /// <summary>Waits until so many more records were written, acknowledged and read.</summary>
    public async Task WaitForMoreAsync(int records)
    {
        var (acknowledged, read) = (Volatile.Read(ref _acknowledged), _read.Count);
        for (var until = DateTime.UtcNow.AddSeconds(60); Volatile.Read(ref _acknowledged) < acknowledged + records || _read.Count < read + records; await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < until, $"It does not go on: {_acknowledged} of {_written} were acknowledged, {_read.Count} read; {string.Join("; ", _failures.Take(3))}");
        }
    }

    /// <summary>Ends the load and checks it.</summary>
    public async Task AssertNothingLostAndNothingTwiceAsync()
    {
        await _stopWriting.CancelAsync();
        await _writing;
        Assert.Empty(_failures);
        Assert.Equal(_written, _acknowledged);
        for (var until = DateTime.UtcNow.AddSeconds(60); _read.Count < _written && DateTime.UtcNow < until; await Task.Delay(100))
        {
        }

        Assert.Equal(Enumerable.Range(0, _written), _read.Values.Order());
        Assert.Equal(Enumerable.Range(0, _written), InTheLog().Order());
    }

    public async ValueTask DisposeAsync()
    {
        await _stopWriting.CancelAsync();
        await _stopReading.CancelAsync();
        await Task.WhenAll(_writing, _reading);
        _stopWriting.Dispose();
        _stopReading.Dispose();
    }

    private async Task WriteAsync()
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(_kafka.Client()) { EnableIdempotence = true, Acks = Acks.All, LingerMs = 2, MessageTimeoutMs = 60_000 })
            .SetLogHandler((_, _) => { }).Build();
        while (!_stopWriting.IsCancellationRequested)
        {
            producer.Produce(new TopicPartition(_topic, _written % 3), new Message<Null, string> { Value = $"{_written}" }, report =>
            {
                if (report.Error.IsError)
                {
                    _failures.Enqueue(report.Error.ToString());
                }
                else
                {
                    Interlocked.Increment(ref _acknowledged);
                }
            });
            if (++_written % 10 == 0)
            {
                await Task.Delay(10);
            }
        }

        producer.Flush(TimeSpan.FromSeconds(60));
    }

    private void Read()
    {
        using var consumer = new ConsumerBuilder<Null, string>(new ConsumerConfig(_kafka.Client()) { GroupId = "g-" + _topic, AutoOffsetReset = AutoOffsetReset.Earliest, SessionTimeoutMs = 10_000 })
            .SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(_topic);
        while (!_stopReading.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                _read[(record.Partition.Value, record.Offset.Value)] = int.Parse(record.Message.Value, System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        consumer.Close();
    }

    private List<int> InTheLog()
    {
        using var consumer = new ConsumerBuilder<Null, string>(new ConsumerConfig { BootstrapServers = _kafka.Kafka.Plaintext, GroupId = "log", EnablePartitionEof = true }).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset("shop." + _topic, p, Offset.Beginning)));
        var (values, ends) = (new List<int>(), 0);
        while (ends < 3)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new Xunit.Sdk.XunitException("The log does not end.");
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                values.Add(int.Parse(record.Message.Value, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return values;
    }
}
