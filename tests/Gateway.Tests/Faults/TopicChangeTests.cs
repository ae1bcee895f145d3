using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using ErrorCode = Confluent.Kafka.ErrorCode;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Faults;

/// <summary>Topics change behind running clients.</summary>
[Collection(AloneCollection.Name)]
public class TopicChangeTests(FaultyKafka fixture)
{
    [Fact]
    public async Task A_topic_made_again_under_another_id_is_followed()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.remade", 1));
        using var producer = Producer(kafka);
        using var consumer = Consumer(kafka, "remade");
        await WriteAsync(producer, "remade", "before");
        ReadUntil(consumer, "before");
        using var admin = Admin(kafka);
        await admin.DeleteTopicsAsync(["shop.remade"]);
        await Task.Delay(500);
        for (var until = DateTime.UtcNow.AddSeconds(15); ; await Task.Delay(200))
        {
            try
            {
                await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.remade", 1));
                break;
            }
            catch (CreateTopicsException) when (DateTime.UtcNow < until)
            {
                // The old one is not gone yet.
            }
        }

        // The client keeps its position, as it does with the broker itself: it goes on behind the first record.
        for (var i = 0; i < 3; i++)
        {
            await WriteAsync(producer, "remade", "after");
        }

        ReadUntil(consumer, "after");
    }

    [Fact]
    public async Task A_topic_deleted_in_the_middle_of_a_fetch_session_is_unknown_in_it_and_can_be_forgotten()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.leaves", 1));
        var token = kafka.Tenants.Token("shop", "app");
        await using var asking = await RawClient.LoggedInAsync(kafka.First.PortStart, "app", token);
        var (leaves, leader) = await asking.LocateAsync("leaves");
        var id = leaves.TopicId;
        await using var client = await RawClient.LoggedInAsync(kafka.First.PortStart + leader, "app", token);
        var made = (await client.AskAsync(ApiKey.Fetch, 13, RawRequests.FetchFirst(leaves, 0, 0))).Body;
        var session = made.Get<int>("sessionId");
        Assert.NotEqual(0, session);
        using var admin = Admin(kafka);
        await admin.DeleteTopicsAsync(["shop.leaves"]);
        var epoch = 1;
        Node? gone = null;
        for (var until = DateTime.UtcNow.AddSeconds(20); gone is null && DateTime.UtcNow < until; await Task.Delay(200))
        {
            var answer = (await client.AskAsync(ApiKey.Fetch, 13, Fetch(session, epoch++))).Body;
            Assert.True(answer.Get<short>("errorCode") == 0, $"Epoch {epoch - 1}: {answer.Get<short>("errorCode")}");
            gone = answer.List("responses").Find(t => t.List("partitions").Exists(p => p.Get<short>("errorCode") != 0));
        }

        Assert.NotNull(gone);
        Assert.Equal(id, gone.Get<Guid>("topicId"));

        // Long enough for the gateway to have looked at the cluster again: it still knows whose id it was.
        await Task.Delay(2500);
        var told = (await client.AskAsync(ApiKey.Fetch, 13, Fetch(session, epoch++))).Body;
        Assert.Equal([id], told.List("responses").Select(t => t.Get<Guid>("topicId")));
        var forget = Fetch(session, epoch++);
        forget.List("forgottenTopicsData").Add(forget.NewChild("forgottenTopicsData").Set("topicId", id).Set("partitions", new List<object?> { 0 }));
        Assert.Equal(0, (await client.AskAsync(ApiKey.Fetch, 13, forget)).Body.Get<short>("errorCode"));
        Assert.Empty((await client.AskAsync(ApiKey.Fetch, 13, Fetch(session, epoch))).Body.List("responses"));

        Node Fetch(int session, int epoch) => RawRequests.FetchFirst(leaves, session, epoch).Set("topics", new List<Node>());
    }

    [Fact]
    public async Task Added_partitions_are_written_and_read()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.grown", 1));
        using var producer = Producer(kafka);
        using var consumer = Consumer(kafka, "grown");
        await WriteAsync(producer, "grown", "before");
        ReadUntil(consumer, "before");
        using var admin = Admin(kafka);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "shop.grown", IncreaseTo = 4 }]);
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(200))
        {
            try
            {
                await producer.ProduceAsync(new TopicPartition("grown", 3), new Message<Null, string> { Value = "after" });
                break;
            }
            catch (ProduceException<Null, string> e) when (e.Error.Code == ErrorCode.Local_UnknownPartition && DateTime.UtcNow < until)
            {
                // The client's metadata is older than the partition.
            }
        }

        Assert.Equal(3, ReadUntil(consumer, "after").Partition.Value);
    }

    [Fact]
    public async Task A_topic_that_appears_is_found_by_a_pattern()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = Producer(kafka);
        using var consumer = Consumer(kafka, "^appears-.*");
        Assert.Throws<ConsumeException>(() => consumer.Consume(TimeSpan.FromSeconds(10)));
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.appears-late", 1), ("store.appears-elsewhere", 1));
        await WriteAsync(producer, "appears-late", "here");
        Assert.Equal("appears-late", ReadUntil(consumer, "here").Topic);
        Assert.Equal(["appears-late"], consumer.Assignment.Select(p => p.Topic));
    }

    private static IAdminClient Admin(FaultyKafka kafka) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();

    private static IProducer<Null, string> Producer(FaultyKafka kafka) =>
        new ProducerBuilder<Null, string>(new ProducerConfig(kafka.Client()) { MessageTimeoutMs = 10_000 }).SetLogHandler((_, _) => { }).Build();

    private static IConsumer<Ignore, string> Consumer(FaultyKafka kafka, string topic)
    {
        var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client()) { GroupId = "g-" + Guid.NewGuid(), AutoOffsetReset = AutoOffsetReset.Earliest }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(topic);
        return consumer;
    }

    private static async Task WriteAsync(IProducer<Null, string> producer, string topic, string value)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            try
            {
                await producer.ProduceAsync(topic, new Message<Null, string> { Value = value });
                return;
            }
            catch (ProduceException<Null, string>) when (DateTime.UtcNow < until)
            {
                // A client may take a moment to notice: that it does in the end is what is tested.
            }
        }
    }

    private static ConsumeResult<Ignore, string> ReadUntil(IConsumer<Ignore, string> consumer, string value)
    {
        for (var until = DateTime.UtcNow.AddSeconds(40); DateTime.UtcNow < until;)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record && record.Message.Value == value)
                {
                    return record;
                }
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // Told that the topic is not there, between the old one and the new.
            }
        }

        throw new Xunit.Sdk.XunitException($"'{value}' was not read.");
    }
}
