using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>The .NET client (librdkafka), unmodified, against Apache Kafka.</summary>
public class LibrdkafkaTests(KafkaFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_partner_sees_its_aliases_and_nothing_else()
    {
        var kafka = await fixture.StartedAsync();
        using var admin = new AdminClientBuilder(kafka.Client("acme")).Build();
        var metadata = admin.GetMetadata(Patience);
        Assert.Equal(["orders", "returns"], metadata.Topics.Select(t => t.Topic).Order());
        Assert.Equal([0, 1, 2], metadata.Brokers.Select(b => b.BrokerId).Order());
        Assert.All(metadata.Brokers, b => Assert.Contains($"{b.Host}:{b.Port}", kafka.BootstrapServers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Topics_are_described_under_the_tenants_names_and_ids()
    {
        var kafka = await fixture.StartedAsync();
        using var admin = new AdminClientBuilder(kafka.Client("acme")).Build();
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["orders", "returns"]), new() { IncludeAuthorizedOperations = true });
        Assert.Equal(["orders", "returns"], described.TopicDescriptions.Select(t => t.Name).Order());
        var needles = await Needles.OfAsync(kafka);
        Assert.All(described.TopicDescriptions, t =>
        {
            Assert.Equal(3, t.Partitions.Count);
            Assert.All(t.Partitions, p => Assert.InRange(p.Leader.Id, 0, 2));
            Assert.DoesNotContain(t.TopicId.ToString(), needles.TopicIds.Values.Select(i => Convert.ToBase64String(i.ToByteArray(bigEndian: true)).TrimEnd('=')), StringComparer.Ordinal);
        });
        Assert.DoesNotContain(AclOperation.Write, described.TopicDescriptions.Single(t => t.Name == "orders").AuthorizedOperations);
        Assert.DoesNotContain(AclOperation.Read, described.TopicDescriptions.Single(t => t.Name == "returns").AuthorizedOperations);
    }

    [Fact]
    public async Task A_partner_reads_a_shared_topic()
    {
        var kafka = await fixture.StartedAsync();
        using (var producer = new ProducerBuilder<string, string>(new ClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build())
        {
            for (var i = 0; i < 30; i++)
            {
                await producer.ProduceAsync("sales.orders.v1", new Message<string, string> { Key = $"{i}", Value = $"order {i}" });
            }
        }

        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig(kafka.Client("acme"))
        {
            GroupId = "readers-" + Guid.NewGuid(),
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe("orders");
        var seen = Consume(consumer, 30);
        Assert.All(seen, r => Assert.Equal("orders", r.Topic));
        consumer.Commit();
        Assert.Equal(30, consumer.Committed(consumer.Assignment, Patience).Sum(c => Math.Max(0, c.Offset.Value)));
        consumer.Close();
    }

    [Fact]
    public async Task A_partner_writes_where_it_may_write_and_only_there()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig(kafka.Client("acme")) { EnableIdempotence = true }).Build();
        var written = await producer.ProduceAsync("returns", new Message<string, string> { Key = "k", Value = "one" });
        Assert.Equal("returns", written.Topic);
        var denied = await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync("orders", new Message<string, string> { Value = "no" }));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, denied.Error.Code);
    }

    [Fact]
    public async Task A_standard_virtual_cluster_produces_and_consumes_under_its_own_names()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig(kafka.Client("shop")) { EnableIdempotence = true }).Build();
        for (var i = 0; i < 20; i++)
        {
            await producer.ProduceAsync("carts", new Message<string, string> { Key = $"{i}", Value = $"{i}" });
        }

        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig(kafka.Client("shop")) { GroupId = "g", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe("carts");
        Assert.Equal(20, Consume(consumer, 20).Count);
        consumer.Close();
    }

    private static List<ConsumeResult<string, string>> Consume(IConsumer<string, string> consumer, int count)
    {
        var seen = new List<ConsumeResult<string, string>>();
        var until = DateTime.UtcNow + Patience;
        while (seen.Count < count && DateTime.UtcNow < until)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(500)) is { } record)
            {
                seen.Add(record);
            }
        }

        return seen.Count == count ? seen : throw new Xunit.Sdk.XunitException($"{seen.Count} of {count} records came.");
    }
}
