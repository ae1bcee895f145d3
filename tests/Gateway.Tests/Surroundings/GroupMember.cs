using System.Collections.Concurrent;
using System.Collections.Immutable;
using Confluent.Kafka;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>A member of a consumer group (librdkafka) that reads until it is stopped, and remembers what it was given and read.</summary>
public sealed class GroupMember : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, bool> _topics = new();
    private readonly ConcurrentDictionary<(int Partition, long Offset), string> _records = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Task _reading;
    private ImmutableHashSet<int> _partitions = [];
    private int _changes;
    private volatile string? _failure;

    private GroupMember(ConsumerConfig config, string topic) => _reading = Task.Run(() => Read(config, topic));

    /// <summary>What it owns now.</summary>
    public ImmutableHashSet<int> Partitions => Volatile.Read(ref _partitions);

    /// <summary>How often partitions were given or taken.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Every name of a topic that it was told, with partitions or records.</summary>
    public ICollection<string> Topics => _topics.Keys;

    public IReadOnlyDictionary<(int Partition, long Offset), string> Records => _records;

    public string? Failure => _failure;

    /// <summary>What it last said of itself as a member.</summary>
    public string Log => string.Join('\n', _log.TakeLast(40));

    /// <param name="strategy">An assignor's name, for the classic protocol.</param>
    /// <param name="instance">Makes the member static.</param>
    public static GroupMember Start(KafkaFixture kafka, string tenant, string group, string topic, GroupProtocol protocol, string? strategy = null, string? instance = null)
    {
        var config = new ConsumerConfig(kafka.Client(tenant)) { GroupId = group, GroupProtocol = protocol, GroupInstanceId = instance, AutoOffsetReset = AutoOffsetReset.Earliest, Debug = "cgrp" };
        if (protocol == GroupProtocol.Classic)
        {
            config.SessionTimeoutMs = 6000;
            config.HeartbeatIntervalMs = 500;
            config.Set("partition.assignment.strategy", strategy ?? "range");
        }

        return new GroupMember(config, topic);
    }

    /// <summary>Closes the consumer: it leaves the group, unless it is static.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private void Read(ConsumerConfig config, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(config).SetLogHandler((_, line) => _log.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {line.Message}"))
            .SetErrorHandler((_, error) => _failure = error.IsFatal ? error.ToString() : _failure)
            .SetPartitionsAssignedHandler((_, given) => Changed(given.Select(p => p.Topic)))
            .SetPartitionsRevokedHandler((_, taken) => Changed(taken.Select(p => p.Topic)))
            .SetPartitionsLostHandler((_, lost) => Changed(lost.Select(p => p.Topic)))
            .Build();
        consumer.Subscribe(topic);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                {
                    _topics[record.Topic] = true;
                    _records[(record.Partition.Value, record.Offset.Value)] = record.Message.Value;
                }
            }
            catch (ConsumeException e)
            {
                _failure = e.Error.ToString();
            }

            Volatile.Write(ref _partitions, [.. consumer.Assignment.Select(p => p.Partition.Value)]);
        }

        consumer.Close();
        Volatile.Write(ref _partitions, []);
    }

    private void Changed(IEnumerable<string> topics)
    {
        Interlocked.Increment(ref _changes);
        foreach (var topic in topics)
        {
            _topics[topic] = true;
        }
    }
}
