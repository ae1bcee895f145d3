using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Rewriting;

/// <summary>A topic that is being renamed has two names; each client is answered under the one that it uses.</summary>
public class FormerNameTests(KafkaFixture fixture)
{
    private const short UnknownTopic = 3;
    private const short UnknownTopicId = 100;
    private const short TopicDenied = 29;

    [Fact]
    public async Task One_producer_writes_under_both_names_and_nothing_is_lost()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(kafka.Client("umbrella")) { LingerMs = 20, EnableIdempotence = true }).Build();
        var sent = Enumerable.Range(0, 200).Select(i => $"both-{i}").ToList();
        await Task.WhenAll(sent.Select((value, i) => producer.ProduceAsync(new TopicPartition(i % 2 == 0 ? "bills" : "bills-v2", i % 3), new Message<Null, string> { Value = value })));

        Assert.Equal(sent.Order(StringComparer.Ordinal), Read(kafka, "bills", GroupProtocol.Classic, 200).Order(StringComparer.Ordinal));
        Assert.Equal(sent.Order(StringComparer.Ordinal), Read(kafka, "bills-v2", GroupProtocol.Consumer, 200).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Members_under_both_names_share_one_group_and_what_was_committed_under_one_holds_for_the_other()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = new ProducerBuilder<Null, string>(kafka.Client("umbrella")).Build();
        foreach (var protocol in new[] { GroupProtocol.Classic, GroupProtocol.Consumer })
        {
            var group = $"renaming-{protocol}";
            using var old = Consumer(kafka, protocol, group);
            using var current = Consumer(kafka, protocol, group);
            old.Subscribe("parts");
            current.Subscribe("parts-v2");
            for (var until = DateTime.UtcNow.AddSeconds(60); old.Assignment.Count == 0 || current.Assignment.Count == 0 || old.Assignment.Count + current.Assignment.Count != 3; await Task.Yield())
            {
                Assert.True(DateTime.UtcNow < until, $"{protocol}: {old.Assignment.Count} and {current.Assignment.Count} partitions");
                old.Consume(TimeSpan.FromMilliseconds(100));
                current.Consume(TimeSpan.FromMilliseconds(100));
            }

            Assert.All(old.Assignment, p => Assert.Equal("parts", p.Topic));
            Assert.All(current.Assignment, p => Assert.Equal("parts-v2", p.Topic));
            for (var i = 0; i < 3; i++)
            {
                await producer.ProduceAsync(new TopicPartition("parts", i), new Message<Null, string> { Value = $"{group}-{i}" });
            }

            var read = new List<string>();
            for (var until = DateTime.UtcNow.AddSeconds(30); read.Count < 3 && DateTime.UtcNow < until; await Task.Yield())
            {
                read.AddRange(new[] { old.Consume(TimeSpan.FromMilliseconds(100)), current.Consume(TimeSpan.FromMilliseconds(100)) }.Where(r => r?.Message.Value.StartsWith(group, StringComparison.Ordinal) == true).Select(r => r.Message.Value));
            }

            Assert.Equal([$"{group}-0", $"{group}-1", $"{group}-2"], read.Order(StringComparer.Ordinal));
            old.Close();
            current.Close();
            using var next = Consumer(kafka, protocol, group);
            next.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartition("parts-v2", p)));
            var committed = next.Committed(TimeSpan.FromSeconds(20));
            Assert.All(committed, c => Assert.Equal("parts-v2", c.Topic));
            Assert.Equal(committed.Sum(c => c.Offset.Value), Enumerable.Range(0, 3).Sum(p => next.QueryWatermarkOffsets(new TopicPartition("parts", p), TimeSpan.FromSeconds(20)).High.Value));
        }
    }

    [Fact]
    public async Task Java_reads_and_writes_under_the_former_name()
    {
        var kafka = await fixture.StartedAsync();
        var written = await RealKafka.RunToolAsync(
            ["verifiable-producer", "--bootstrap-server", kafka.BootstrapServers, "--topic", "parts", "--max-messages", "50", "--command-config", kafka.JavaProperties("umbrella")]);
        Assert.Contains("\"sent\":50,\"acked\":50", written.Output, StringComparison.Ordinal);
        foreach (var protocol in new[] { "classic", "consumer" })
        {
            var read = await RealKafka.RunToolAsync(
                ["console-consumer", "--bootstrap-server", kafka.BootstrapServers, "--command-config", kafka.JavaProperties("umbrella", more: $"group.protocol={protocol}"), "--topic", "parts", "--from-beginning",
                    "--max-messages", "50", "--timeout-ms", "30000", "--group", $"java-{protocol}"]);
            Assert.True(read.Output.Contains("Processed a total of 50 messages", StringComparison.Ordinal) || read.Error.Contains("Processed a total of 50 messages", StringComparison.Ordinal), $"{protocol}: {read.Text}");
        }
    }

    [Fact]
    public async Task Both_names_are_described_and_one_is_listed()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "umbrella");
        Assert.Equal(["bills-v2", "bolts-v2", "parts-v2"], Names(await AskAsync(client, null)));
        var both = await AskAsync(client, ["parts", "parts-v2"]);
        Assert.Equal(["parts", "parts-v2"], Names(both));
        Assert.All(both, t => Assert.Equal((0, 3), (t.Get<short>("errorCode"), t.List("partitions").Count)));
        Assert.Equal(2, both.Select(t => t.Get<Guid>("topicId")).Distinct().Count());
        foreach (var topic in both)
        {
            await using var other = await RawClient.LoggedInAsync(kafka, "umbrella");
            var byId = RawClient.NewRequest(ApiKey.Metadata);
            byId.List("topics").Add(byId.NewChild("topics").Set("name", null).Set("topicId", topic.Get<Guid>("topicId")));
            Assert.Equal([topic.Text("name")!], Names((await other.AskAsync(ApiKey.Metadata, 12, byId)).Body.List("topics")));
        }

        // Whoever used the former name last, sees it in lists as well.
        Assert.Equal(["parts"], Names(await AskAsync(client, ["parts"])));
        Assert.Equal(["bills-v2", "bolts-v2", "parts"], Names(await AskAsync(client, null)));
    }

    [Fact]
    public async Task In_one_request_the_second_name_stands_for_nothing()
    {
        var kafka = await fixture.StartedAsync();
        await using var asking = await RawClient.LoggedInAsync(kafka, "umbrella");
        var (old, leader) = await asking.LocateAsync("bolts");
        var (current, _) = await asking.LocateAsync("bolts-v2");
        (old, current) = (old with { Topic = "bolts" }, current with { Topic = "bolts-v2" });
        await using var client = await RawClient.LoggedInAsync(kafka, "umbrella", leader);
        foreach (var version in new short[] { 12, 13 })
        {
            var fetch = RawRequests.FetchFirst(old, 0, 0);
            fetch.List("topics").AddRange(RawRequests.FetchFirst(current, 0, 0).List("topics"));

            // An id that stands for nothing makes the node look at the cluster again: what it sees is new, and the second name is still the second.
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, kafka.Nodes, ($"store.unseen-{version}", 1));
            var answer = (await client.AskAsync(ApiKey.Fetch, version, fetch)).Body.List("responses");
            Assert.Equal(
                [(version == 12 ? "bolts" : $"{old.TopicId}", (short)0), (version == 12 ? "bolts-v2" : $"{current.TopicId}", version == 12 ? UnknownTopic : UnknownTopicId)],
                answer.Select(t => (version == 12 ? t.Text("topic")! : $"{t.Get<Guid>("topicId")}", t.List("partitions").Single().Get<short>("errorCode"))).OrderBy(t => t.Item2));
        }
    }

    [Fact]
    public async Task Who_is_denied_a_topic_under_one_name_cannot_have_it_under_the_other()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka.First.PortStart, "denied", kafka.Tenants.Token("umbrella", "denied"));
        foreach (var (topic, isDenied) in new[] { ("parts", true), ("parts-v2", true), ("bolts", false), ("bolts-v2", false) })
        {
            var fetched = (await client.AskAsync(ApiKey.Fetch, 12, RawRequests.FetchFirst(new Target(topic, Guid.Empty, "", ""), 0, 0))).Body.List("responses").Single();
            Assert.Equal((topic, isDenied), (fetched.Text("topic"), fetched.List("partitions").All(p => p.Get<short>("errorCode") == TopicDenied)));
        }
    }

    [Fact]
    public async Task A_member_that_comes_back_by_another_connection_is_still_told_the_ids_of_its_own_name()
    {
        var kafka = await fixture.StartedAsync();
        var group = "renaming-raw";
        await using var first = await KafkaGroups.CoordinatorAsync(kafka, "umbrella", group);
        await using var second = await KafkaGroups.CoordinatorAsync(kafka, "umbrella", group);
        var (old, _) = await first.LocateAsync("bolts");
        var member = RawRequests.NewMember();
        Node Request(int epoch) => RawRequests.Heartbeat(new Target("bolts", old.TopicId, group, "", member)).Set("memberEpoch", epoch)
            .Set("subscribedTopicNames", epoch == 0 ? new List<object?> { "bolts" } : null).Set("topicPartitions", epoch == 0 ? new List<Node>() : null);
        Node answer;
        do
        {
            answer = (await first.AskAsync(ApiKey.ConsumerGroupHeartbeat, 0, Request(0))).Body;
        }
        while (answer.Get<short>("errorCode") is 14 or 15 or 16);

        var epoch = answer.Get<int>("memberEpoch");
        List<Node> assigned = answer.Struct("assignment")?.List("topicPartitions") ?? [];
        for (var until = DateTime.UtcNow.AddSeconds(20); assigned.Count == 0 && DateTime.UtcNow < until; await Task.Delay(200))
        {
            answer = (await second.AskAsync(ApiKey.ConsumerGroupHeartbeat, 0, Request(epoch))).Body;
            Assert.Equal(0, answer.Get<short>("errorCode"));
            (epoch, assigned) = (answer.Get<int>("memberEpoch"), answer.Struct("assignment")?.List("topicPartitions") ?? []);
        }

        Assert.Equal(old.TopicId, Assert.Single(assigned).Get<Guid>("topicId"));
    }

    private static string[] Names(IEnumerable<Node> topics) => [.. topics.Select(t => t.Text("name")!).Order(StringComparer.Ordinal)];

    private static async Task<List<Node>> AskAsync(RawClient client, string[]? names)
    {
        var request = RawClient.NewRequest(ApiKey.Metadata);
        request.Set("topics", names?.Select(n => request.NewChild("topics").Set("name", n)).ToList());
        return (await client.AskAsync(ApiKey.Metadata, 12, request)).Body.List("topics");
    }

    private static IConsumer<Ignore, string> Consumer(KafkaFixture kafka, GroupProtocol protocol, string group) =>
        new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client("umbrella")) { GroupId = group, GroupProtocol = protocol, AutoOffsetReset = AutoOffsetReset.Earliest }).Build();

    private static List<string> Read(KafkaFixture kafka, string topic, GroupProtocol protocol, int count)
    {
        using var consumer = Consumer(kafka, protocol, $"both-{topic}");
        consumer.Subscribe(topic);
        var read = new List<string>();
        for (var until = DateTime.UtcNow.AddSeconds(60); read.Count < count && DateTime.UtcNow < until;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                Assert.Equal(topic, record.Topic);
                read.Add(record.Message.Value);
            }
        }

        return read;
    }
}
