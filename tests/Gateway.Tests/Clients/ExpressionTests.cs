using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Surroundings;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Subscriptions by regular expression in the newer group protocol, which a broker would evaluate over everybody's topics.</summary>
public class ExpressionTests(KafkaFixture fixture)
{
    private const short InvalidRegularExpression = 128;

    [Theory]
    [InlineData("orders.*", "orders.v1", true)]
    [InlineData("orders", "orders.v1", false)]
    [InlineData("^(a|b)-[0-9]+$", "b-42", true)]
    [InlineData(@"\Qa.b\E.", "a.bc", true)]
    [InlineData(@"\Qa.b\E.", "axbc", false)]
    [InlineData("(?P<kind>a|b)", "a", true)]
    [InlineData("", "a", false)]
    public void An_expression_must_match_the_whole_name(string expression, string name, bool matches) =>
        Assert.Equal(matches, TopicExpression.Parse(expression, out _)!.Matches(name));

    [Theory]
    [InlineData("a)|(.*")]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("(?=a)a")]
    [InlineData(@"(a)\1")]
    [InlineData("((((a{1,1000}){1,1000}){1,1000}){1,1000})")]
    public void What_is_no_expression_or_too_costly_a_one_is_refused_at_once(string expression)
    {
        Assert.Null(TopicExpression.Parse(expression, out var problem));
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public async Task An_expression_means_the_tenants_own_topics_also_those_that_appear_later()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.rx-one", 1), ("store.rx-foreign", 1), ("rx-physical", 1));
        var config = new ConsumerConfig(kafka.Client("shop")) { GroupId = "expressions", GroupProtocol = GroupProtocol.Consumer, AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Subscribe("^.*rx-.*");
        await WaitAsync(consumer, "rx-one");
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.rx-two", 1));
        await WaitAsync(consumer, "rx-one", "rx-two");
    }

    [Fact]
    public async Task An_expression_means_aliases_and_a_member_joins_again_when_one_is_added()
    {
        var kafka = await fixture.StartedAsync();
        var group = "alias-expressions";
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", group);
        Node Request(int epoch, string member, string? expression) => RawRequests.Heartbeat(new Target("unused", Guid.Empty, group, "", member)).Set("memberEpoch", epoch)
            .Set("subscribedTopicNames", null).Set("subscribedTopicRegex", expression).Set("topicPartitions", epoch == 0 ? new List<Node>() : null);
        var member = RawRequests.NewMember();
        Node answer;
        do
        {
            answer = (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, Request(0, member, "order.|secret.*|sales.*"))).Body;
        }
        while (answer.Get<short>("errorCode") is 14 or 15 or 16);

        Assert.Equal(0, answer.Get<short>("errorCode"));
        var partitions = answer.Struct("assignment")?.List("topicPartitions") ?? [];
        for (var until = DateTime.UtcNow.AddSeconds(20); partitions.Count == 0 && DateTime.UtcNow < until; await Task.Delay(200))
        {
            answer = (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, Request(answer.Get<int>("memberEpoch"), member, null))).Body;
            partitions = answer.Struct("assignment")?.List("topicPartitions") ?? [];
        }

        Assert.Equal(3, Assert.Single(partitions).Values("partitions").Count);
        var bad = (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, Request(0, RawRequests.NewMember(), "a)|(.*"))).Body;
        Assert.Equal(InvalidRegularExpression, bad.Get<short>("errorCode"));
        var unknown = (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, Request(5, RawRequests.NewMember(), null))).Body;
        Assert.Equal(110, unknown.Get<short>("errorCode"));
    }

    private static async Task WaitAsync(IConsumer<Ignore, string> consumer, params string[] topics)
    {
        for (var until = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < until; await Task.Yield())
        {
            consumer.Consume(TimeSpan.FromMilliseconds(200));
            if (consumer.Assignment.Select(p => p.Topic).Distinct().Order().SequenceEqual(topics.Order()))
            {
                return;
            }
        }

        Assert.Fail($"Assigned: {string.Join(", ", consumer.Assignment)}");
    }
}
