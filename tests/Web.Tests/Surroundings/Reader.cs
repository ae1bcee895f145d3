using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>An ordinary Kafka client that reads <c>orders</c> all the time, and remembers what happened to it.</summary>
public sealed class Reader : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _problems = [];
    private readonly Task _reading;
    private long _read;

    public Reader(string bootstrap, string user, string password, string clientId)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap, SecurityProtocol = SecurityProtocol.SaslPlaintext, SaslMechanism = SaslMechanism.Plain,
            SaslUsername = user, SaslPassword = password, GroupId = $"{user}-{clientId}", ClientId = clientId,
            AutoOffsetReset = AutoOffsetReset.Latest, FetchWaitMaxMs = 10, ReconnectBackoffMaxMs = 300,
        };
        var consumer = new ConsumerBuilder<Ignore, string>(config)
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler((_, error) => _problems.Enqueue(error.ToString()))
            .Build();
        // Assigned, not subscribed: what is watched is the connection, not the group.
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset("orders", p, Offset.End)));
        _reading = Task.Run(() => Read(consumer));
    }

    public long Count => Interlocked.Read(ref _read);

    public IReadOnlyCollection<string> Problems => _problems;

    public Task ReadsOnAsync(string what)
    {
        var before = Count;
        return Eventually.TrueAsync($"{what}: records come", TimeSpan.FromSeconds(20), () => Task.FromResult(Count > before + 1));
    }

    public Task IsCutOffAsync() => Eventually.TrueAsync("the client is refused", TimeSpan.FromSeconds(15), () => Task.FromResult(
        _problems.Any(p => p.Contains("uthentication", StringComparison.Ordinal))));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private void Read(IConsumer<Ignore, string> consumer)
    {
        using (consumer)
        {
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { Message: not null })
                    {
                        Interlocked.Increment(ref _read);
                    }
                }
                catch (ConsumeException refused)
                {
                    _problems.Enqueue(refused.Error.ToString());
                }
            }
        }
    }
}
