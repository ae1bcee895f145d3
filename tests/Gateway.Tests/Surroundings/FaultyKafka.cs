using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Brokers and gateway nodes of their own for tests that kill them.</summary>
public sealed class FaultyKafka : IAsyncLifetime
{
    private RealKafka? _kafka;

    public RealKafka Kafka => _kafka!;

    public Tenants Tenants { get; } = new();

    public GatewayNode First { get; private set; } = null!;

    public GatewayNode Second { get; private set; } = null!;

    public string BootstrapServers => First.BootstrapServers + "," + Second.BootstrapServers;

    public async Task<FaultyKafka> StartedAsync()
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        if (_kafka is null)
        {
            _kafka = await RealKafka.StartAsync(nodes: 3, options: ["--property", "offsets.topic.num.partitions=3"]);
            Tenants.Cluster("main", 1, 2, 3).VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
            First = GatewayNode.Prepare("gateway-1", _kafka.Plaintext, Tenants);
            Second = GatewayNode.Prepare("gateway-2", _kafka.Plaintext, Tenants);
        }

        foreach (var node in new[] { First, Second })
        {
            if (!node.Service.IsRunning)
            {
                await node.StartAsync(Tenants);
            }
        }

        return this;
    }

    public ClientConfig Client() => new()
    {
        BootstrapServers = BootstrapServers,
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.Plain,
        SaslUsername = "app",
        SaslPassword = Tenants.Token("shop", "app"),
        TopicMetadataRefreshIntervalMs = 1000,
        ReconnectBackoffMaxMs = 1000,
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (First is not null)
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }

        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }
    }
}
