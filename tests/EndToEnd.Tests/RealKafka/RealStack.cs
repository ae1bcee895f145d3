using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.RealKafka;

/// <summary>The stack before a real Apache Kafka, for what the embedded one lacks; absent where there is none.</summary>
public sealed class RealStack : IAsyncLifetime
{
    /// <summary>Of the tests that share it.</summary>
    public const string Collection = "real Kafka";

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

    /// <summary>Their listeners, by the names of the script <c>kafka</c>.</summary>
    public IReadOnlyDictionary<string, string> Listeners => _kafka!.Environment;

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

[CollectionDefinition(RealStack.Collection)]
public sealed class RealStackCollection : ICollectionFixture<RealStack>;
