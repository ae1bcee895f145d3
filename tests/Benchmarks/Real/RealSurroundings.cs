using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Benchmarks.Real;

/// <summary>A way to a real broker.</summary>
/// <param name="Topic">As the client names it; each way has its own.</param>
/// <param name="Proxy">What is measured; null: nothing is in between.</param>
internal sealed record RealVariant(string Name, ClientConfig Client, string Topic, ProxyMeter? Proxy);

/// <summary>One broker of Apache Kafka and one gateway node before it.</summary>
internal sealed class RealSurroundings : IAsyncDisposable
{
    private const string SharedTopic = "bench.partner";

    private readonly RealKafka _kafka;
    private readonly GatewayNode _node;

    private RealSurroundings(RealKafka kafka, GatewayNode node, IReadOnlyList<RealVariant> variants) => (_kafka, _node, Variants) = (kafka, node, variants);

    public IReadOnlyList<RealVariant> Variants { get; }

    public static async Task<RealSurroundings> StartAsync(IReadOnlyCollection<string> wanted)
    {
        var kafka = await RealKafka.StartAsync();
        try
        {
            using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Plaintext }).Build())
            {
                var topics = new[] { VariantNames.Direct, SinkTopics.Plain, SinkTopics.Prefixed, SharedTopic };
                await admin.CreateTopicsAsync(topics.Select(t => new TopicSpecification { Name = t, NumPartitions = 1 }));
            }

            var tenants = new BenchmarkTenants(SharedTopic);
            var node = GatewayNode.Prepare("gateway", kafka.Plaintext, tenants.Tenants);
            await node.StartAsync(tenants.Tenants);
            var meter = SyntheticSurroundings.MeterOf(node);
            RealVariant[] variants =
            [
                new(VariantNames.Direct, new ClientConfig { BootstrapServers = kafka.Plaintext }, VariantNames.Direct, null),
                .. VariantNames.Gateway.Select(v => new RealVariant(v, Through(node, tenants.LoginOf(v)), BenchmarkTenants.TopicOf(v), meter)),
            ];
            return new RealSurroundings(kafka, node, [.. variants.Where(v => wanted.Contains(v.Name))]);
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _kafka.DisposeAsync();
    }

    private static ClientConfig Through(GatewayNode node, Login login) => new()
    {
        BootstrapServers = $"127.0.0.1:{node.PortStart}",
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.Plain,
        SaslUsername = login.Account,
        SaslPassword = login.Token,
    };
}
