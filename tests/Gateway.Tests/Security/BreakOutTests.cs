using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>What a tenant with a valid login may try to reach another's topics and sessions, or the brokers themselves.</summary>
public class BreakOutTests(KafkaFixture fixture)
{
    private static readonly Target Orders = new("orders", Guid.Empty, "", "");

    [Fact]
    public async Task A_physical_topic_id_is_unknown_to_Metadata_Fetch_and_Produce()
    {
        var kafka = await fixture.StartedAsync();
        var ids = (await Needles.OfAsync(kafka)).TopicIds;
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        foreach (var physical in new[] { "sales.orders.v1", "secret.payroll.v1" })
        {
            var target = new Target("", ids[physical], "", "");
            var described = (await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(target))).Body.List("topics").Single();
            Assert.Equal((short)ErrorCode.UnknownTopicId, described.Get<short>("errorCode"));
            Assert.Null(described.Text("name"));
            Assert.Empty(described.List("partitions"));
            var fetched = (await client.AskAsync(ApiKey.Fetch, 13, RawRequests.Fetch(target))).Body.List("responses").Single();
            Assert.Equal(target.TopicId, fetched.Get<Guid>("topicId"));
            Assert.All(fetched.List("partitions"), p => Assert.Equal((short)ErrorCode.UnknownTopicId, p.Get<short>("errorCode")));
            if (kafka.AtMost(ApiKey.Produce, 13) == 13)
            {
                var produced = (await client.AskAsync(ApiKey.Produce, 13, RawRequests.Produce(target, RawRequests.Batch()))).Body.List("responses").Single();
                Assert.All(produced.List("partitionResponses"), p => Assert.Equal((short)ErrorCode.UnknownTopicId, p.Get<short>("errorCode")));
            }
        }
    }

    [Fact]
    public async Task The_id_that_another_tenant_was_shown_opens_nothing()
    {
        var kafka = await fixture.StartedAsync();
        await using var globex = await RawClient.LoggedInAsync(kafka, "globex");
        await using var acme = await RawClient.LoggedInAsync(kafka, "acme");
        var theirs = await globex.TopicIdAsync("orders");
        Assert.NotEqual(theirs, await acme.TopicIdAsync("orders"));
        var fetched = (await acme.AskAsync(ApiKey.Fetch, 13, RawRequests.Fetch(Orders with { TopicId = theirs }))).Body.List("responses").Single();
        Assert.All(fetched.List("partitions"), p => Assert.Equal((short)ErrorCode.UnknownTopicId, p.Get<short>("errorCode")));
    }

    [Theory]
    [InlineData("sales.orders.v1")]
    [InlineData("secret.payroll.v1")]
    [InlineData("shop.carts")]
    [InlineData("acme.orders")]
    [InlineData("~0")]
    [InlineData("~1")]
    [InlineData("")]
    public async Task A_name_that_is_no_alias_is_unknown_to_every_API_that_takes_names(string name)
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var target = new Target(name, Guid.Empty, "g", "");
        var unknown = (short)ErrorCode.UnknownTopicOrPartition;
        var fetched = (await client.AskAsync(ApiKey.Fetch, 12, RawRequests.Fetch(target))).Body.List("responses").Single();
        Assert.Equal(name, fetched.Text("topic"));
        Assert.All(fetched.List("partitions"), p => Assert.Equal(unknown, p.Get<short>("errorCode")));
        var produced = (await client.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(target, RawRequests.Batch()))).Body.List("responses").Single();
        Assert.Equal(name, produced.Text("name"));
        Assert.All(produced.List("partitionResponses"), p => Assert.Equal(unknown, p.Get<short>("errorCode")));
        var offsets = (await client.AskAsync(ApiKey.ListOffsets, 5, RawRequests.Of(ApiKey.ListOffsets, target))).Body.List("topics").Single();
        Assert.All(offsets.List("partitions"), p => Assert.Equal(unknown, p.Get<short>("errorCode")));
        if (name.Length > 0)
        {
            var described = (await client.AskAsync(ApiKey.Metadata, 4, RawRequests.Metadata(target, create: true))).Body.List("topics").Single();
            Assert.Equal(name, described.Text("name"));
            Assert.Equal(unknown, described.Get<short>("errorCode"));
        }
    }

    [Fact]
    public async Task A_fetch_session_belongs_to_its_connection()
    {
        var kafka = await fixture.StartedAsync();
        await using var owner = await RawClient.LoggedInAsync(kafka, "globex");
        await using var thief = await RawClient.LoggedInAsync(kafka, "acme");
        var made = (await owner.AskAsync(ApiKey.Fetch, 12, RawRequests.Fetch(Orders, session: 0, epoch: 0))).Body;
        var session = made.Get<int>("sessionId");
        Assert.NotEqual(0, session);
        foreach (var guess in new[] { session, session + 1, 1, 42, int.MaxValue, -1 })
        {
            foreach (var epoch in new[] { -1, 0, 1 })
            {
                var answer = (await thief.AskAsync(ApiKey.Fetch, 12, RawRequests.Fetch(Orders, guess, epoch))).Body;
                Assert.Equal((short)ErrorCode.FetchSessionIdNotFound, answer.Get<short>("errorCode"));
            }
        }

        // The owner's goes on: nothing above ended it.
        Assert.Equal(0, (await owner.AskAsync(ApiKey.Fetch, 12, RawRequests.Fetch(Orders, session, 1))).Body.Get<short>("errorCode"));
    }

    [Theory]
    [InlineData(ApiKey.Fetch, 11)]
    [InlineData(ApiKey.Fetch, 17)]
    [InlineData(ApiKey.ListOffsets, 5)]
    [InlineData(ApiKey.OffsetForLeaderEpoch, 4)]
    public async Task A_replica_id_ends_the_connection(ApiKey api, short version)
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var request = RawRequests.Of(api, Orders);
        request.Set("replicaId", 2);
        if (request.Has("replicaState"))
        {
            request.Struct("replicaState")!.Set("replicaId", 2);
        }

        await client.SendAsync(api, version, request);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Who_means_another_cluster_or_node_is_told_to_begin_anew()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var own = (await client.AskAsync(ApiKey.DescribeCluster, 0, RawClient.NewRequest(ApiKey.DescribeCluster))).Body.Text("clusterId")!;
        foreach (var (cluster, node, error) in new (string?, int, ErrorCode)[]
            { (own, 0, ErrorCode.None), (null, -1, ErrorCode.None), (own, 1, ErrorCode.RebootstrapRequired), ("MkU3OEVBNTcwNTJENDM2Qg", 0, ErrorCode.RebootstrapRequired), ("", -1, ErrorCode.RebootstrapRequired) })
        {
            await using var another = await RawClient.ConnectAsync(kafka.First.PortStart);
            var request = RawRequests.Of(ApiKey.ApiVersions, Orders).Set("clusterId", cluster).Set("nodeId", node);
            Assert.Equal((short)error, (await another.AskAsync(ApiKey.ApiVersions, 5, request)).Body.Get<short>("errorCode"));
        }
    }

    [Fact]
    public async Task Software_that_Kafka_would_not_let_be_called_so_is_refused_as_brokers_do()
    {
        var kafka = await fixture.StartedAsync();
        var needles = await Needles.OfAsync(kafka);
        foreach (var port in new[] { kafka.First.PortStart, needles.Brokers.First().Port })
        {
            await using var client = await RawClient.ConnectAsync(port);
            foreach (var (name, version) in new[] { ("", "1"), ("raw", ""), ("ra\0w", "1"), ("raw", "1\n"), ("-raw", "1"), ("raw", "1+2") })
            {
                var answer = (await client.AskAsync(ApiKey.ApiVersions, 3, RawClient.NewRequest(ApiKey.ApiVersions).Set("clientSoftwareName", name).Set("clientSoftwareVersion", version))).Body;
                Assert.Equal(((short)ErrorCode.InvalidRequest, 0), (answer.Get<short>("errorCode"), answer.List("apiKeys").Count));
            }

            Assert.Equal(0, (await client.AskAsync(ApiKey.ApiVersions, 3, RawRequests.Of(ApiKey.ApiVersions, Orders))).Body.Get<short>("errorCode"));
        }
    }

    [Fact]
    public async Task A_second_name_of_a_topic_leaves_the_first_one_working()
    {
        var kafka = await fixture.StartedAsync();
        var tenants = new Tenants().Cluster("main", 1, 2, 3)
            .VirtualCluster("twins", VirtualClusterKind.Partner).Account("twins", "app").ZoneAcls("twins", "app")
            .Alias("twins", "one", "sales.orders.v1", SharePermission.Read).Alias("twins", "two", "sales.orders.v1", SharePermission.Read);
        await using var node = GatewayNode.Prepare("gateway-alone", kafka.Kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        await using var client = await RawClient.LoggedInAsync(node.PortStart, "app", tenants.Token("twins", "app"));
        await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target("two", Guid.Empty, "", "")));
        var described = (await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target("one", Guid.Empty, "", "")))).Body.List("topics").Single();
        Assert.Equal(("one", 0), (described.Text("name"), described.Get<short>("errorCode")));
        var id = described.Get<Guid>("topicId");
        var fetched = (await client.AskAsync(ApiKey.Fetch, 13, RawRequests.Fetch(new Target("", id, "", "")))).Body.List("responses").Single();
        Assert.Equal(id, fetched.Get<Guid>("topicId"));
        Assert.All(fetched.List("partitions"), p => Assert.NotEqual((short)ErrorCode.UnknownTopicId, p.Get<short>("errorCode")));
    }
}
