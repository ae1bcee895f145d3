using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Benchmarks;

/// <summary>One broker and one gateway node before it, each way with a topic of its own.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    private readonly RealKafka _kafka;
    private readonly GatewayNode _node;

    private Surroundings(RealKafka kafka, GatewayNode node, IReadOnlyList<Variant> variants) => (_kafka, _node, Variants) = (kafka, node, variants);

    public IReadOnlyList<Variant> Variants { get; }

    public static async Task<Surroundings> StartAsync()
    {
        var kafka = await RealKafka.StartAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Plaintext }).Build())
        {
            await admin.CreateTopicsAsync(new[] { "direct", "bench.partner", "shop.standard" }.Select(t => new TopicSpecification { Name = t, NumPartitions = 1 }));
        }

        var tenants = new Tenants().Cluster("main", 1)
            .VirtualCluster("acme", VirtualClusterKind.Partner, superUsers: "acme-admin").Alias("acme", "partner", "bench.partner", SharePermission.ReadWrite).Account("acme", "app").ZoneAcls("acme", "app")
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        var node = GatewayNode.Prepare("gateway-1", kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        ClientConfig Through(string cluster) => new()
        {
            BootstrapServers = $"127.0.0.1:{node.PortStart}",
            SecurityProtocol = SecurityProtocol.SaslPlaintext,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = "app",
            SaslPassword = tenants.Token(cluster, "app"),
        };
        var process = node.Service.Process.Id;
        return new Surroundings(kafka, node, [
            new Variant("direct", new ClientConfig { BootstrapServers = kafka.Plaintext }, "direct", null),
            new Variant("partner", Through("acme"), "partner", process),
            new Variant("standard", Through("shop"), "standard", process)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _kafka.DisposeAsync();
    }
}
