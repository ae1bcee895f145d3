using System.Text.Json;
using Confluent.Kafka;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>A client that is neither librdkafka nor Java: kafkajs, which test.sh installs, speaks versions of years ago, and encodes subscriptions by itself.</summary>
public class KafkaJsClientMatrixTests(KafkaFixture fixture)
{
    private const int Count = 16;

    private static readonly string Modules = Path.Combine(Repository.Root, ".run/kafkajs/node_modules");

    [Theory]
    [InlineData("shop", "shop.", null)]
    [InlineData("initech", "sales.", "orders")]
    public async Task It_writes_reads_with_a_group_and_is_refused_as_by_a_broker(string tenant, string physical, string? forbidden)
    {
        Assert.SkipWhen(Commands.Find("node") is null, "node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, "kafkajs")), "kafkajs is not installed: test.sh installs it where there is npm");
        var kafka = await fixture.StartedAsync();
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.kafkajs", 3));
        }

        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig(kafka.Client(tenant)) { CompressionType = CompressionType.Gzip }).Build())
        {
            for (var i = 0; i < Count; i++)
            {
                await producer.ProduceAsync("kafkajs", new Message<Null, string> { Value = $"net {i}" });
            }
        }

        await KafkaGroups.ReadyAsync(kafka, tenant, "of-kafkajs");
        var run = await Commands.RunAsync("node", [Path.Combine(Repository.Root, "tests/Gateway.Tests/Clients/KafkaJs/client.js")], new Dictionary<string, string>
        {
            ["NODE_PATH"] = Modules, ["BOOTSTRAP"] = kafka.BootstrapServers, ["ACCOUNT"] = "app", ["TOKEN"] = kafka.Tenants.Token(tenant, "app"), ["TOPIC"] = "kafkajs", ["GROUP"] = "of-kafkajs",
            ["FORBIDDEN"] = forbidden ?? "", ["COUNT"] = $"{Count}", ["EXPECTED"] = $"{2 * Count}",
        });

        Assert.True(run.ExitCode == 0, run.Text);
        Assert.DoesNotContain(physical + "kafkajs", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(physical + "of-kafkajs", run.Text, StringComparison.Ordinal);
        var told = JsonSerializer.Deserialize<JsonElement>(run.Output);
        var topics = told.GetProperty("topics").EnumerateArray().Select(t => t.GetString()).ToList();
        Assert.Contains("kafkajs", topics);
        if (tenant == "shop")
        {
            // Whatever name is shown, with the prefix it is one of the broker's: other tests make topics whose own names begin as the prefix does.
            using var direct = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
            var real = direct.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Select(t => t.Topic).ToHashSet();
            Assert.All(topics, t => Assert.Contains(physical + t, real));
        }

        Assert.Equal([0, 1, 2], told.GetProperty("assignment").GetProperty("kafkajs").EnumerateArray().Select(p => p.GetInt32()).Order());
        var written = Enumerable.Range(0, Count).SelectMany(i => new[] { $"js {i}", $"net {i}" }).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(written, told.GetProperty("read").EnumerateArray().Select(r => r.GetProperty("value").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(told.GetProperty("read").EnumerateArray(), r => Assert.Equal("kafkajs", r.GetProperty("topic").GetString()));
        if (forbidden is not null)
        {
            Assert.Equal(("TOPIC_AUTHORIZATION_FAILED", 29), (told.GetProperty("refused").GetProperty("type").GetString(), told.GetProperty("refused").GetProperty("code").GetInt32()));
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client(tenant)) { GroupId = "of-kafkajs", AutoOffsetReset = AutoOffsetReset.Error, EnablePartitionEof = true }).Build();
        var committed = consumer.Committed([.. Enumerable.Range(0, 3).Select(p => new TopicPartition("kafkajs", p))], TimeSpan.FromSeconds(20));
        Assert.Equal(2 * Count, committed.Sum(c => c.Offset.Value));
        consumer.Assign(committed.Select(c => new TopicPartitionOffset(c.TopicPartition, Offset.Beginning)));
        var (values, ends) = (new List<string>(), 0);
        while (ends < 3 && consumer.Consume(TimeSpan.FromSeconds(20)) is { } record)
        {
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                values.Add(record.Message.Value);
            }
        }

        Assert.Equal(written, values.Order(StringComparer.Ordinal));
    }
}
