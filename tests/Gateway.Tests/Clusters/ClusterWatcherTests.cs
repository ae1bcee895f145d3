using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.EmbeddedKafka;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Clusters;

/// <summary>A cluster that changes while a node runs: the embedded one, whose brokers come and go at once.</summary>
public sealed class ClusterWatcherTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly MockCluster _kafka = MockCluster.Start(3, [new TopicArgument("shop.carts", 3)]);
    private readonly Tenants _tenants = new Tenants().Cluster("main", 1, 2, 3, 400).VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
    private GatewayNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = GatewayNode.Prepare("gateway-1", _kafka.BootstrapServers, _tenants);
        await _node.StartAsync(_tenants);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _kafka.Dispose();
    }

    [Fact]
    public async Task A_broker_400_that_joins_is_served_at_its_slot()
    {
        using var producer = Producer();
        await producer.ProduceAsync("carts", new Message<Null, string> { Value = "before" });
        Assert.Equal([0, 1, 2], Brokers());

        _kafka.AddBroker(400);
        _kafka.MoveLeader("shop.carts", 0, 400);
        await Until(() => Brokers().SequenceEqual([0, 1, 2, 3]));
        var written = await producer.ProduceAsync(new TopicPartition("carts", 0), new Message<Null, string> { Value = "after" });
        Assert.Equal(PersistenceStatus.Persisted, written.Status);
        Assert.Contains($"127.0.0.1:{_node.PortStart + 3}", Metadata().Brokers.Select(b => $"{b.Host}:{b.Port}"));
    }

    [Fact]
    public async Task A_dead_broker_leaves_the_others_serving_and_comes_back()
    {
        using var producer = Producer();
        await producer.ProduceAsync(new TopicPartition("carts", 0), new Message<Null, string> { Value = "before" });
        _kafka.StopBroker(3);
        _kafka.MoveLeader("shop.carts", 0, 1);
        _kafka.MoveLeader("shop.carts", 1, 2);
        _kafka.MoveLeader("shop.carts", 2, 2);
        for (var partition = 0; partition < 3; partition++)
        {
            await producer.ProduceAsync(new TopicPartition("carts", partition), new Message<Null, string> { Value = "meanwhile" });
        }

        _kafka.StartBroker(3);
        _kafka.MoveLeader("shop.carts", 0, 3);
        Assert.Equal(PersistenceStatus.Persisted, (await producer.ProduceAsync(new TopicPartition("carts", 0), new Message<Null, string> { Value = "after" })).Status);
    }

    [Fact]
    public async Task A_topic_that_appears_is_there_at_once_and_one_that_goes_is_gone()
    {
        _kafka.CreateTopic("shop.late", 2);
        await Until(() => Metadata().Topics.Any(t => t.Topic == "late"));
        using var producer = Producer();
        await producer.ProduceAsync("late", new Message<Null, string> { Value = "x" });
        _kafka.DeleteTopic("shop.late");
        await Until(() => Metadata().Topics.All(t => t.Topic != "late"));
    }

    /// <summary>It takes connections and says nothing, as one does whose machine hangs.</summary>
    [Fact]
    public async Task A_bootstrap_server_that_is_silent_does_not_hide_those_behind_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var tenants = new Tenants().Cluster("main", 1, 2, 3);
        await using var node = GatewayNode.Prepare("gateway-2", $"{silent.LocalEndpoint},{_kafka.BootstrapServers}", tenants);
        await node.StartAsync(tenants);
    }

    private ClientConfig Client() => new()
    {
        BootstrapServers = _node.BootstrapServers,
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.Plain,
        SaslUsername = "app",
        SaslPassword = _tenants.Token("shop", "app"),
        TopicMetadataRefreshIntervalMs = 1000,
    };

    private IProducer<Null, string> Producer() => new ProducerBuilder<Null, string>(new ProducerConfig(Client()) { MessageTimeoutMs = 20_000 }).Build();

    private Metadata Metadata()
    {
        using var admin = new AdminClientBuilder(Client()).Build();
        return admin.GetMetadata(Patience);
    }

    private List<int> Brokers() => [.. Metadata().Brokers.Select(b => b.BrokerId).Order()];

    private static async Task Until(Func<bool> condition)
    {
        for (var until = DateTime.UtcNow + Patience; !condition();)
        {
            Assert.True(DateTime.UtcNow < until, "It did not happen in time.");
            await Task.Delay(200);
        }
    }
}
