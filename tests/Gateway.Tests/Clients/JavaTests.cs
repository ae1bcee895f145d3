using Confluent.Kafka;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Kafka's own Java clients, unmodified, of several versions.</summary>
public class JavaTests(KafkaFixture fixture)
{
    [Theory]
    [InlineData(null, "classic")]
    [InlineData(null, "consumer")]
    [InlineData("4.4.0", "consumer")]
    [InlineData("3.9.2", "classic")]
    public async Task A_verifiable_producer_and_consumer_agree(string? version, string protocol)
    {
        var kafka = await fixture.StartedAsync();
        var topic = $"verify-{version ?? "default"}-{protocol}";
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", 3));
        var properties = kafka.JavaProperties("shop");
        var produced = await RealKafka.RunToolAsync(
            ["verifiable-producer", "--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--max-messages", "500", Config(version, "--producer.config"), properties], version);
        Assert.True(produced.ExitCode == 0 && produced.Output.Contains("\"sent\":500,\"acked\":500", StringComparison.Ordinal), Tail(produced.Text));

        var consumed = await RealKafka.RunToolAsync(
            ["verifiable-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--max-messages", "500", "--group-id", $"g-{topic}",
                "--group-protocol", protocol, "--reset-policy", "earliest", Config(version, "--consumer.config"), properties],
            version);
        Assert.True(consumed.ExitCode == 0, Tail(consumed.Text));
        Assert.Contains("\"offsets_committed\"", consumed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.1.1")]
    [InlineData("2.8.2")]
    [InlineData("3.9.2")]
    [InlineData("4.3.1")]
    [InlineData("4.4.0")]
    public async Task Console_clients_of_all_ages_write_and_read(string version)
    {
        var kafka = await fixture.StartedAsync();
        var topic = "console-" + version;
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", 2));
        using (var producer = new ProducerBuilder<Null, string>(kafka.Client("shop")).Build())
        {
            for (var i = 0; i < 10; i++)
            {
                await producer.ProduceAsync(topic, new Message<Null, string> { Value = $"line {i}" });
            }
        }

        var read = await RealKafka.RunToolAsync(
            ["console-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--from-beginning", "--max-messages", "10", "--timeout-ms", "30000",
                "--group", "console", Config(version, "--consumer.config"), kafka.JavaProperties("shop")],
            version);
        Assert.True(read.ExitCode == 0, Tail(read.Text));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"line {i}"), read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("line", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_producer_is_refused_what_is_shared_for_reading_with_the_error_of_a_real_broker()
    {
        var kafka = await fixture.StartedAsync();
        var refused = await RealKafka.RunToolAsync(
            ["verifiable-producer", "--bootstrap-server", kafka.BootstrapServers, "--topic", "orders", "--max-messages", "3", "--command-config", kafka.JavaProperties("acme")]);
        Assert.Contains("org.apache.kafka.common.errors.TopicAuthorizationException", refused.Output, StringComparison.Ordinal);
        Assert.Contains("Not authorized to access topics: [orders]", refused.Output, StringComparison.Ordinal);
        Assert.Contains("\"acked\":0", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_tools_see_the_tenants_groups_only()
    {
        var kafka = await fixture.StartedAsync();
        foreach (var tenant in new[] { "acme", "globex" })
        {
            using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig(kafka.Client(tenant)) { GroupId = $"only-{tenant}", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
            consumer.Subscribe("orders");
            for (var until = DateTime.UtcNow.AddSeconds(20); consumer.Assignment.Count == 0 && DateTime.UtcNow < until;)
            {
                consumer.Consume(TimeSpan.FromMilliseconds(200));
            }

            consumer.Commit(consumer.Assignment.Select(p => new TopicPartitionOffset(p, 0)));
            consumer.Close();
        }

        var listed = await RealKafka.RunToolAsync(["consumer-groups", "--bootstrap-server", kafka.BootstrapServers, "--list", "--command-config", kafka.JavaProperties("acme")]);
        Assert.Contains("only-acme", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("only-globex", listed.Output, StringComparison.Ordinal);
        var described = await RealKafka.RunToolAsync(["consumer-groups", "--bootstrap-server", kafka.BootstrapServers, "--describe", "--group", "only-acme", "--command-config", kafka.JavaProperties("acme")]);
        Assert.True(described.Output.Contains("orders", StringComparison.Ordinal), Tail(described.Text));
        Assert.DoesNotContain("sales.orders", described.Text, StringComparison.Ordinal);
        var deleted = await RealKafka.RunToolAsync(["consumer-groups", "--bootstrap-server", kafka.BootstrapServers, "--delete", "--group", "only-acme", "--command-config", kafka.JavaProperties("acme")]);
        Assert.Contains("successful", deleted.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topic_tools_list_the_tenants_topics_only()
    {
        var kafka = await fixture.StartedAsync();
        var listed = await RealKafka.RunToolAsync(["topics", "--bootstrap-server", kafka.BootstrapServers, "--list", "--command-config", kafka.JavaProperties("acme")]);
        Assert.True(listed.ExitCode == 0, Tail(listed.Text));
        Assert.Equal(["orders", "returns"], listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    /// <summary>Tools before Kafka 4 have an option of its own for each kind of client.</summary>
    private static string Config(string? version, string old) => version is "2.1.1" or "2.8.2" or "3.9.2" ? old : "--command-config";

    private static string Tail(string text) => text.Length > 2500 ? text[^2500..] : text;
}
