using Confluent.Kafka;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>The stack before an embedded Kafka, started once for all tests; the company's own producer writes orders all the time.</summary>
public sealed class EmbeddedStack : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("end-to-end-kafka-").FullName;
    private EmbeddedKafkaProcess? _kafka;
    private Shop? _shop;
    private StackUnderTest? _stack;

    /// <exception cref="StackException">A part of it has ended by itself: told to the next test, and not as what that test would make of it.</exception>
    public StackUnderTest Stack
    {
        get
        {
            _stack!.ThrowIfEnded();
            return _stack;
        }
    }

    public string Kafka => _kafka!.BootstrapServers;

    public async ValueTask InitializeAsync()
    {
        _kafka = await EmbeddedKafkaProcess.StartAsync(_folder, new Dictionary<string, int> { [Shop.Orders] = 3, [Shop.Returns] = 3, [Shop.Invoices] = 1 });
        _shop = new Shop(_kafka.BootstrapServers);
        _stack = await StackUnderTest.StartAsync(_kafka.BootstrapServers);
    }

    public async ValueTask DisposeAsync()
    {
        await (_stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_shop?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_kafka?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Writes orders directly to the cluster, fifty a second, to all partitions, and now and then an invoice.</summary>
public sealed class Shop : IAsyncDisposable
{
    public const string Orders = "sales.orders.v1";
    public const string Returns = "sales.returns.v1";
    public const string Invoices = "sales.invoices.v1";
    public const int Partitions = 3;

    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;

    public Shop(string bootstrapServers) => _writing = Task.Run(() => WriteAsync(bootstrapServers));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
    }

    private async Task WriteAsync(string bootstrapServers)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = bootstrapServers, LingerMs = 2 }).SetLogHandler(static (_, _) => { }).Build();
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            producer.Produce(new TopicPartition(Orders, number % Partitions), new Message<Null, string> { Value = $"order {number}" });
            if (number % 5 == 0)
            {
                producer.Produce(Invoices, new Message<Null, string> { Value = $"invoice {number}" });
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
