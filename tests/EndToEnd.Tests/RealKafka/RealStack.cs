using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.RealKafka;

/// <summary>The stack before a real Apache Kafka, for what the embedded one lacks; absent where there is none.</summary>
public sealed class RealStack : IAsyncLifetime
{
    private Stack.Kafka.RealKafka? _kafka;
    private Shop? _shop;
    private StackUnderTest? _stack;

    /// <summary>Skips the test where there is no real Kafka.</summary>
    public StackUnderTest Stack
    {
        get
        {
            Assert.SkipWhen(PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null, PartnerPlatform.Stack.Kafka.RealKafka.SkipReason ?? "");
            return _stack!;
        }
    }

    /// <summary>The brokers themselves.</summary>
    public string Physical => _kafka!.Plaintext;

    public async ValueTask InitializeAsync()
    {
        if (PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null)
        {
            return;
        }

        _kafka = await PartnerPlatform.Stack.Kafka.RealKafka.StartAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.Plaintext }).SetLogHandler(static (_, _) => { }).Build())
        {
            await admin.CreateTopicsAsync(new[] { Shop.Orders, Shop.Returns, Shop.Invoices }.Select(name => new TopicSpecification { Name = name, NumPartitions = Shop.Partitions, ReplicationFactor = 1 }));
        }

        _shop = new Shop(_kafka.Plaintext);
        _stack = await StackUnderTest.StartAsync(_kafka.Plaintext);
    }

    public async ValueTask DisposeAsync()
    {
        await (_stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_shop?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_kafka?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
