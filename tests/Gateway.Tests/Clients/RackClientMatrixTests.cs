using System.Text.Json;
using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Reading from the replica in the consumer's rack: brokers tell its id, clients must be told the virtual one.</summary>
public class RackClientMatrixTests(KafkaFixture fixture)
{
    /// <summary>Broker 2 is behind slot 1; told as it is, its id would lead to broker 3.</summary>
    private const string Rack = "rack2";
    private const int Near = 1;

    [Fact]
    public async Task A_fetch_with_a_rack_is_told_the_virtual_node_of_the_replica_there_which_has_the_records()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.racked", 3));
        Write(kafka, "racked", 3);
        using var admin = new AdminClientBuilder(kafka.Client("shop")).Build();
        var partition = admin.GetMetadata("racked", TimeSpan.FromSeconds(10)).Topics.Single().Partitions.First(p => p.Leader != Near);
        await using var leader = await RawClient.LoggedInAsync(kafka, "shop", partition.Leader);
        var preferred = -1;
        for (var until = DateTime.UtcNow.AddSeconds(20); preferred == -1 && DateTime.UtcNow < until; await Task.Delay(100))
        {
            // A follower is preferred once the leader knows that it has the records.
            preferred = (await FetchAsync(leader, Rack)).Get<int>("preferredReadReplica");
        }

        Assert.Equal(Near, preferred);
        Assert.Equal(-1, (await FetchAsync(leader, "")).Get<int>("preferredReadReplica"));
        await using var follower = await RawClient.LoggedInAsync(kafka, "shop", preferred);
        var read = await FetchAsync(follower, Rack);
        for (var until = DateTime.UtcNow.AddSeconds(20); read.Get<byte[]>("records") is not { Length: > 0 } && DateTime.UtcNow < until; await Task.Delay(100))
        {
            // It has them, but gives them out only when the leader has told it that all replicas do.
            read = await FetchAsync(follower, Rack);
        }

        Assert.Equal(0, read.Get<short>("errorCode"));
        Assert.NotEmpty(read.Get<byte[]>("records"));

        async Task<Node> FetchAsync(RawClient client, string rack)
        {
            var request = RawRequests.Fetch(new Target("racked", Guid.Empty, "", "")).Set("rackId", rack);
            return (await client.AskAsync(ApiKey.Fetch, 12, request)).Body.List("responses").Single().List("partitions").Single(p => p.Get<int>("partitionIndex") == partition.PartitionId);
        }
    }

    [Fact]
    public async Task A_consumer_with_a_rack_reads_from_the_replica_there()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.racked-group", 3));
        Write(kafka, "racked-group", 3);
        var statistics = "";
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client("shop"))
        {
            GroupId = "racked", ClientRack = Rack, AutoOffsetReset = AutoOffsetReset.Earliest, StatisticsIntervalMs = 300, SessionTimeoutMs = 6000,
        }).SetStatisticsHandler((_, json) => Volatile.Write(ref statistics, json)).Build();
        consumer.Subscribe("racked-group");
        var read = 0;
        for (var until = DateTime.UtcNow.AddSeconds(30); (read < 30 || !Sources().All(s => s.Broker == Near)) && DateTime.UtcNow < until;)
        {
            read += consumer.Consume(TimeSpan.FromMilliseconds(100)) is null ? 0 : 1;
        }

        var sources = Sources();
        consumer.Close();
        Assert.Equal(30, read);
        Assert.All(sources, s => Assert.Equal(Near, s.Broker));
        Assert.Equal([0, 1, 2], sources.Select(s => s.Leader).Distinct().Order());

        List<(int Broker, int Leader)> Sources() => Volatile.Read(ref statistics) is { Length: > 0 } json
            && JsonSerializer.Deserialize<JsonElement>(json).GetProperty("topics").TryGetProperty("racked-group", out var topic)
                ? [.. topic.GetProperty("partitions").EnumerateObject().Where(p => p.Name != "-1").Select(p => (p.Value.GetProperty("broker").GetInt32(), p.Value.GetProperty("leader").GetInt32()))]
                : [(-1, -1)];
    }

    private static void Write(KafkaFixture kafka, string topic, int partitions)
    {
        using var producer = new ProducerBuilder<Null, string>(kafka.Client("shop")).Build();
        for (var i = 0; i < 10 * partitions; i++)
        {
            producer.Produce(new TopicPartition(topic, i % partitions), new Message<Null, string> { Value = $"{i}" });
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }
}
