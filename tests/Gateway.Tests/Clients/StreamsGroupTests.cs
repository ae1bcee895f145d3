using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Streams groups (KIP-1071), by requests as a Kafka Streams application sends them.</summary>
public class StreamsGroupTests(NewestKafkaFixture fixture) : IClassFixture<NewestKafkaFixture>
{
    private const short TopicAuthorizationFailed = 29;
    private const short UnsupportedVersion = 35;
    private const short InvalidTopology = 130;
    private const sbyte MissingSourceTopics = 1;

    [Fact]
    public async Task A_topology_gets_its_internal_topics_under_the_prefix_its_tasks_and_its_description()
    {
        var kafka = await fixture.StartedAsync(ApiKey.StreamsGroupHeartbeat);
        var target = new Target("carts", Guid.Empty, "totals", "");
        var member = RawRequests.NewMember();
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "shop", target.Group);
        Node? answer = null;
        var epoch = 0;
        for (var until = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < until && (answer is null || answer.List("activeTasks").Count == 0); await Task.Delay(300))
        {
            var request = RawRequests.StreamsHeartbeat(target, member: member, epoch: epoch);
            if (epoch > 0)
            {
                request.Set("topology", null).Set("activeTasks", null).Set("standbyTasks", null).Set("warmupTasks", null).Set("clientTags", null).Set("userEndpoint", null);
            }

            answer = (await client.AskAsync(ApiKey.StreamsGroupHeartbeat, 1, request)).Body;
            Assert.DoesNotContain("shop.", answer.Text("errorMessage") + string.Concat(answer.List("status").Select(s => s.Text("statusDetail"))), StringComparison.Ordinal);
            epoch = answer.Get<short>("errorCode") == 0 ? answer.Get<int>("memberEpoch") : 0;
        }

        Assert.Equal(["0"], answer!.List("activeTasks").Select(t => t.Text("subtopologyId")));
        using var physical = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
        var topics = physical.GetMetadata(TimeSpan.FromSeconds(10)).Topics.ConvertAll(t => t.Topic);
        Assert.Superset(new HashSet<string> { "shop.totals-repartition", "shop.totals-changelog" }, topics.ToHashSet());

        var update = RawRequests.Of(ApiKey.StreamsGroupTopologyDescriptionUpdate, target).Set("memberId", member);

        // A broker that has no plugin to keep descriptions says so.
        Assert.Equal(UnsupportedVersion, (await client.AskAsync(ApiKey.StreamsGroupTopologyDescriptionUpdate, 0, update)).Body.Get<short>("errorCode"));
        var described = (await client.AskAsync(ApiKey.StreamsGroupDescribe, 1, RawRequests.Of(ApiKey.StreamsGroupDescribe, target).Set("includeTopologyDescription", true))).Body.List("groups").Single();
        var subtopology = described.Struct("topology")!.List("subtopologies").Single();
        Assert.Equal([(object?)"carts"], subtopology.Values("sourceTopics"));
        Assert.Equal(["totals-repartition"], subtopology.List("repartitionSourceTopics").Select(t => t.Text("name")));
        Assert.Equal(["totals-changelog"], subtopology.List("stateChangelogTopics").Select(t => t.Text("name")));
        Assert.Equal(("app.example", ""), (described.List("members").Single().Struct("userEndpoint")!.Text("host"), described.List("members").Single().Text("clientHost")));
    }

    [Fact]
    public async Task A_partner_may_have_a_topology_over_its_shares_but_none_that_would_make_topics()
    {
        var kafka = await fixture.StartedAsync(ApiKey.StreamsGroupHeartbeat);
        var target = new Target("orders", Guid.Empty, "partner-totals", "");
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", target.Group);
        var refused = (await client.AskAsync(ApiKey.StreamsGroupHeartbeat, 0, RawRequests.StreamsHeartbeat(target))).Body;
        Assert.Equal(TopicAuthorizationFailed, refused.Get<short>("errorCode"));
        using var physical = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
        Assert.DoesNotContain(physical.GetMetadata(TimeSpan.FromSeconds(10)).Topics, t => t.Topic.Contains("partner-totals", StringComparison.Ordinal));

        var taken = await TakenAsync(client, RawRequests.StreamsHeartbeat(target, isInternal: false));
        Assert.DoesNotContain(taken.List("status"), s => s.Get<sbyte>("statusCode") == MissingSourceTopics);

        // Without an address of the application: brokers (4.4.0) fail over one while source topics are missing.
        var foreign = await TakenAsync(client, RawRequests.StreamsHeartbeat(target with { Topic = "secret.payroll.v1", Group = "others" }, isInternal: false).Set("userEndpoint", null));
        Assert.Contains(foreign.List("status"), s => s.Get<sbyte>("statusCode") == MissingSourceTopics);
    }

    [Fact]
    public async Task A_topology_with_expressions_or_with_too_many_partitions_is_refused()
    {
        var kafka = await fixture.StartedAsync(ApiKey.StreamsGroupHeartbeat);
        var target = new Target("carts", Guid.Empty, "refused-totals", "");
        await using var client = await RawClient.LoggedInAsync(kafka, "shop");
        var expression = RawRequests.StreamsHeartbeat(target);
        expression.Struct("topology")!.List("subtopologies")[0].Set("sourceTopicRegex", new List<object?> { ".*" });
        Assert.Equal(InvalidTopology, (await client.AskAsync(ApiKey.StreamsGroupHeartbeat, 0, expression)).Body.Get<short>("errorCode"));
        var huge = RawRequests.StreamsHeartbeat(target);
        huge.Struct("topology")!.List("subtopologies")[0].List("repartitionSourceTopics")[0].Set("partitions", 1_000_000);
        Assert.Equal(InvalidTopology, (await client.AskAsync(ApiKey.StreamsGroupHeartbeat, 0, huge)).Body.Get<short>("errorCode"));
    }

    /// <summary>The answer of a coordinator that is there.</summary>
    private static async Task<Node> TakenAsync(RawClient client, Node heartbeat)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            var answer = (await client.AskAsync(ApiKey.StreamsGroupHeartbeat, 0, heartbeat)).Body;
            if (answer.Get<short>("errorCode") is not (14 or 15) || DateTime.UtcNow > until)
            {
                Assert.Equal(0, answer.Get<short>("errorCode"));
                return answer;
            }
        }
    }
}
