using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>A consumer that runs, as an application's would.</summary>
public sealed class RunningReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private long _count;
    private string _last = "";

    /// <param name="group">Null = all partitions, from now on, without a group.</param>
    public RunningReader(string bootstrap, Login login, string topic, string? group = null, GroupProtocol protocol = GroupProtocol.Classic)
    {
        var config = Clients.Configure(
            new ConsumerConfig
            {
                GroupId = group ?? "unused", EnableAutoCommit = group is not null, AutoOffsetReset = group is null ? AutoOffsetReset.Latest : AutoOffsetReset.Earliest, FetchWaitMaxMs = 100, GroupProtocol = protocol,
            },
            bootstrap,
            login);
        var consumer = new ConsumerBuilder<Ignore, string>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler((_, error) => Errors.Enqueue(error)).Build();
        if (group is null)
        {
            consumer.Assign(Enumerable.Range(0, Shop.Partitions).Select(partition => new TopicPartition(topic, partition)));
        }
        else
        {
            consumer.Subscribe(topic);
        }

        _reading = Task.Run(() => Read(consumer, leave: group is not null));
    }

    public long Count => Interlocked.Read(ref _count);

    public string Last => Volatile.Read(ref _last);

    public ConcurrentQueue<Error> Errors { get; } = new();

    /// <summary>Waits for records beyond those that are there already.</summary>
    public async Task<TimeSpan> MoreAsync(TimeSpan limit, int records = 1)
    {
        var before = Count;
        return await Eventually.TrueAsync($"{records} more records; errors: {string.Join("; ", Errors.Select(error => error.Reason).TakeLast(3))}", limit, () => Count >= before + records);
    }

    /// <summary>True: nothing arrives during that time.</summary>
    public async Task<bool> IsSilentAsync(TimeSpan time)
    {
        var before = Count;
        await Task.Delay(time);
        return Count == before;
    }

    public async ValueTask DisposeAsync()
    {
        if (_reading.IsCompleted)
        {
            return;
        }

        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private void Read(IConsumer<Ignore, string> consumer, bool leave)
    {
        using (consumer)
        {
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { Message: { } message })
                    {
                        Volatile.Write(ref _last, message.Value);
                        Interlocked.Increment(ref _count);
                    }
                }
                catch (ConsumeException refused)
                {
                    Errors.Enqueue(refused.Error);
                }
            }

            if (leave)
            {
                consumer.Close();
            }
        }
    }
}
