using Confluent.Kafka;
using PartnerPlatform.EmbeddedKafka;
using PartnerPlatform.Stack.Kafka;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Tests;

public sealed class KafkaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kafka-").FullName;

    [Fact]
    public async Task Embedded_cluster_takes_and_gives_records_and_knows_groups()
    {
        await using var kafka = await EmbeddedKafkaProcess.StartAsync(_folder, new Dictionary<string, int> { ["orders"] = 2 });

        Assert.Equal(3, kafka.BootstrapServers.Split(',').Length);
        Assert.Equal("hello", await RoundTripAsync(kafka.BootstrapServers));
        await kafka.StopAsync();
        Assert.Equal(0, kafka.Process.ExitCode);
    }

    [Fact]
    public async Task Embedded_cluster_in_the_test_s_own_process_survives_the_loss_of_a_broker()
    {
        using var kafka = MockCluster.Start(brokers: 3, [new TopicArgument("orders", 1)]);
        kafka.MoveLeader("orders", 0, broker: 2);
        kafka.StopBroker(1);

        Assert.Equal("hello", await RoundTripAsync(kafka.BootstrapServers));
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("orders:0")]
    [InlineData(":1")]
    public async Task Malformed_topic_is_refused_with_the_usage(string topic)
    {
        var result = await Commands.RunAsync("dotnet", Repository.Dll("tests/EmbeddedKafka"), "--topic", topic);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("name:partitions", result.Error);
    }

    [Fact]
    public async Task Real_cluster_takes_and_gives_records_with_a_node_killed()
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        await using var kafka = await RealKafka.StartAsync(nodes: 3);
        var created = await RealKafka.RunToolAsync(["topics", "--bootstrap-server", kafka.Plaintext, "--create", "--topic", "orders"]);
        Assert.True(created.ExitCode == 0, created.Text);

        await kafka.NodeAsync(1, KafkaNodeAction.Kill);

        Assert.Equal("hello", await RoundTripAsync(kafka.Plaintext));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> RoundTripAsync(string bootstrapServers)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = bootstrapServers }).SetLogHandler(static (_, _) => { }).Build();
        await producer.ProduceAsync("orders", new Message<Null, string> { Value = "hello" });
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "readers", AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 10 };
        using var consumer = new ConsumerBuilder<Null, string>(config).SetLogHandler(static (_, _) => { }).Build();
        consumer.Subscribe("orders");
        var record = await Task.Run(() => consumer.Consume(TimeSpan.FromSeconds(30)));
        consumer.Close();
        return record.Message.Value;
    }
}
