using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Tests.Surroundings;

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
