using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Listeners;

/// <summary>Clients that come by TLS.</summary>
public class TlsTests(KafkaFixture fixture)
{
    [Fact]
    public async Task Clients_of_both_families_write_and_read_by_TLS_and_others_do_not_get_in()
    {
        var kafka = await fixture.StartedAsync();
        var certificates = kafka.Kafka.Environment["KAFKA_TLS"];
        var tenants = new Tenants().Cluster("main", 1, 2, 3).VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        await using var node = GatewayNode.Prepare("gateway-tls", kafka.Kafka.Plaintext, tenants, new Dictionary<string, string>
        {
            ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_SSL",
            ["GATEWAY_SSL_KEY_STORE_PATH"] = Path.Combine(certificates, "server.pem"),
        });
        await node.StartAsync(tenants);
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.by-tls", 3));
        var client = new ClientConfig
        {
            BootstrapServers = node.BootstrapServers,
            SecurityProtocol = SecurityProtocol.SaslSsl,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = "app",
            SaslPassword = tenants.Token("shop", "app"),
            SslCaLocation = Path.Combine(certificates, "ca.pem"),
        };
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig(client) { EnableIdempotence = true }).Build())
        {
            for (var i = 0; i < 20; i++)
            {
                await producer.ProduceAsync("by-tls", new Message<Null, string> { Value = $"line {i}" });
            }
        }

        var properties = Path.Combine(node.Folder, "tls.properties");
        await File.WriteAllTextAsync(properties, $"""
            security.protocol=SASL_SSL
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="{tenants.Token("shop", "app")}";
            ssl.truststore.type=PEM
            ssl.truststore.location={Path.Combine(certificates, "ca.pem")}
            """);
        var read = await RealKafka.RunToolAsync(
            ["console-consumer", "--bootstrap-server", node.BootstrapServers, "--topic", "by-tls", "--from-beginning", "--max-messages", "20", "--timeout-ms", "30000", "--group", "tls", "--command-config", properties]);
        Assert.True(read.ExitCode == 0, read.Text);
        Assert.Equal(20, read.Output.Split('\n').Count(l => l.StartsWith("line ", StringComparison.Ordinal)));

        await using (var plain = await RawClient.ConnectAsync(node.PortStart))
        {
            await plain.SendAsync(RawClient.Frame(ApiKey.ApiVersions, 0, 1, RawClient.NewRequest(ApiKey.ApiVersions)));
            await plain.AssertClosedAsync();
        }

        using var stranger = new AdminClientBuilder(new ClientConfig(client.ToDictionary(p => p.Key, p => p.Value)) { SslCaLocation = Path.Combine(certificates, "foreign.crt") }).SetLogHandler((_, _) => { }).Build();
        Assert.Throws<KafkaException>(() => stranger.GetMetadata(TimeSpan.FromSeconds(5)));
        using var known = new AdminClientBuilder(client).Build();
        Assert.Contains("by-tls", known.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Select(t => t.Topic));
    }
}
