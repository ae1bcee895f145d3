using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>What a tenant with a valid login may try to reach another's topics, groups, sessions and producers, or the brokers themselves.</summary>
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
        var theirs = await IdAsync(globex, "orders");
        Assert.NotEqual(theirs, await IdAsync(acme, "orders"));
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
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public async Task A_batch_with_a_foreign_or_untagged_producer_id_ends_the_connection(long producerId)
    {
        var kafka = await fixture.StartedAsync();
        foreach (short version in new short[] { 3, 8, 9, 12 })
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "acme");
            await client.SendAsync(ApiKey.Produce, version, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(producerId, 0, 0)));
            await client.AssertClosedAsync();
        }
    }

    [Fact]
    public async Task A_producer_id_is_good_in_the_tenant_that_it_was_given_to_and_in_no_other()
    {
        var kafka = await fixture.StartedAsync();
        var returns = new Target("returns", Guid.Empty, "", "");
        await using var acme = await RawClient.LoggedInAsync(kafka, "acme");
        var own = await ProducerIdAsync(acme);
        var answer = (await acme.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(returns, RawRequests.Batch(own, 0, 0)))).Body;
        Assert.Contains(answer.List("responses").Single().List("partitionResponses"), p => p.Get<short>("errorCode") == 0);
        await using var shop = await RawClient.LoggedInAsync(kafka, "shop");
        var foreign = await ProducerIdAsync(shop);
        Assert.NotEqual(own >> 40, foreign >> 40);
        await acme.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(returns, RawRequests.Batch(foreign, 0, 0)));
        await acme.AssertClosedAsync();
    }

    [Fact]
    public async Task A_transactional_batch_needs_a_transactional_id()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var answer = (await client.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(1, 0, 0, transactional: true)))).Body;
        Assert.All(answer.List("responses").Single().List("partitionResponses"), p => Assert.Equal((short)ErrorCode.TransactionalIdAuthorizationFailed, p.Get<short>("errorCode")));
        await client.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(1, 0, 0, transactional: true), acks: 0));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task A_transactional_batch_with_the_producer_id_of_another_tenants_transaction_is_not_written()
    {
        var kafka = await fixture.StartedAsync();
        var ids = new Dictionary<string, long>();
        foreach (var tenant in new[] { "shop", "store" })
        {
            await using var coordinator = await KafkaGroups.CoordinatorAsync(kafka, tenant, "stolen", type: 1);
            for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(200))
            {
                var made = (await coordinator.AskAsync(ApiKey.InitProducerId, 4, RawRequests.Of(ApiKey.InitProducerId, new Target("", Guid.Empty, "", "stolen")))).Body;
                if (made.Get<short>("errorCode") == 0)
                {
                    ids[tenant] = made.Get<long>("producerId");
                    break;
                }

                Assert.True(DateTime.UtcNow < until, $"InitProducerId: {made.Get<short>("errorCode")}");
            }
        }

        Assert.NotEqual(ids["shop"], ids["store"]);
        for (var slot = 0; slot < 3; slot++)
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "shop", slot);
            foreach (var version in new[] { 9, 11, kafka.AtMost(ApiKey.Produce, 12) }.Select(v => (short)v).Distinct())
            {
                var request = RawRequests.Produce(new Target("txn", Guid.Empty, "", ""), RawRequests.Batch(ids["store"], 0, 0, transactional: true), transactionalId: "stolen");
                var answer = (await client.AskAsync(ApiKey.Produce, version, request)).Body;
                Assert.All(answer.List("responses").Single().List("partitionResponses"), p => Assert.NotEqual(0, p.Get<short>("errorCode")));
            }
        }
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

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Share_coordinators_and_unknown_kinds_are_not_told(short version)
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        foreach (sbyte type in version == 0 ? [] : new sbyte[] { 2, 3, -1 })
        {
            var key = $"g:{Guid.NewGuid()}:0";
            var answer = (await client.AskAsync(ApiKey.FindCoordinator, version, RawClient.NewRequest(ApiKey.FindCoordinator)
                .Set("keyType", type).Set("key", key).Set("coordinatorKeys", new List<object?> { key }))).Body;
            var told = version < 4 ? answer : answer.List("coordinators").Single();
            Assert.Equal((short)ErrorCode.InvalidRequest, told.Get<short>("errorCode"));
            Assert.Equal(-1, told.Get<int>("nodeId"));
        }
    }

    [Fact]
    public async Task An_empty_group_id_is_answered_and_does_not_end_the_connection()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var empty = new Target("orders", Guid.Empty, "", "");
        foreach (var (api, version) in new[] { (ApiKey.FindCoordinator, 2), (ApiKey.FindCoordinator, 6), (ApiKey.JoinGroup, 5), (ApiKey.OffsetFetch, 7), (ApiKey.OffsetFetch, 8), (ApiKey.DescribeGroups, 5), (ApiKey.DeleteGroups, 2), (ApiKey.OffsetCommit, 8), (ApiKey.Heartbeat, 4), (ApiKey.ConsumerGroupDescribe, 0) })
        {
            await client.AskAsync(api, (short)version, RawRequests.Of(api, empty));
        }

        Assert.Equal((short)ErrorCode.InvalidRequest, (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, kafka.AtMost(ApiKey.ConsumerGroupHeartbeat, 1), RawRequests.Heartbeat(empty))).Body.Get<short>("errorCode"));
    }

    [Fact]
    public async Task A_regular_expression_does_not_reach_the_broker()
    {
        var kafka = await fixture.StartedAsync();
        Assert.SkipWhen(kafka.AtMost(ApiKey.ConsumerGroupHeartbeat, 1) == 0, $"brokers of version {kafka.Version} take no expressions");
        var needles = await Needles.OfAsync(kafka);
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", "regex");
        Node answer;
        do
        {
            answer = (await client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, RawRequests.Heartbeat(Orders with { Group = "regex" }).Set("subscribedTopicNames", null).Set("subscribedTopicRegex", ".*"))).Body;
        }
        while (answer.Get<short>("errorCode") is 14 or 15 or 16);
        Assert.Equal(0, answer.Get<short>("errorCode"));

        var members = new List<Node>();
        foreach (var (_, port) in needles.Brokers)
        {
            await using var broker = await RawClient.ConnectAsync(port);
            var request = RawClient.NewRequest(ApiKey.ConsumerGroupDescribe).Set("groupIds", new List<object?> { "acme.regex" });
            members.AddRange((await broker.AskAsync(ApiKey.ConsumerGroupDescribe, 1, request)).Body.List("groups").SelectMany(g => g.List("members")));
        }

        var member = Assert.Single(members);
        Assert.Equal("", member.Text("subscribedTopicRegex") ?? "");
        Assert.Equal([(object?)"sales.orders.v1", "sales.returns.v1"], member.Values("subscribedTopicNames"));
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
    public async Task Groups_and_transactions_named_as_anothers_are_inside_ones_own_tenant()
    {
        var kafka = await fixture.StartedAsync();
        var theirs = await KafkaGroups.JoinAsync(kafka, "globex", "guarded", "orders");
        foreach (var name in new[] { "globex.guarded", "guarded" })
        {
            await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", name);
            var described = (await client.AskAsync(ApiKey.DescribeGroups, 5, RawRequests.Of(ApiKey.DescribeGroups, new Target("", Guid.Empty, name, "")))).Body.List("groups").Single();
            Assert.Equal(name, described.Text("groupId"));
            Assert.Empty(described.List("members"));
            var offsets = (await client.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(new Target("orders", Guid.Empty, name, ""), all: true))).Body;
            Assert.Empty(offsets.List("topics"));
            var heartbeat = (await client.AskAsync(ApiKey.Heartbeat, 3, RawRequests.Of(ApiKey.Heartbeat, theirs with { Group = name }))).Body;
            Assert.NotEqual(0, heartbeat.Get<short>("errorCode"));
            await client.AskAsync(ApiKey.LeaveGroup, 3, RawRequests.Of(ApiKey.LeaveGroup, theirs with { Group = name }));
            await client.AskAsync(ApiKey.DeleteGroups, 2, RawRequests.Of(ApiKey.DeleteGroups, new Target("", Guid.Empty, name, "")));
        }

        await using var owner = await KafkaGroups.CoordinatorAsync(kafka, "globex", "guarded");
        Assert.Equal(0, (await owner.AskAsync(ApiKey.Heartbeat, 3, RawRequests.Of(ApiKey.Heartbeat, theirs))).Body.Get<short>("errorCode"));
        Assert.Equal(3, (await owner.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(theirs, all: true))).Body.List("topics").Single().List("partitions").Count);
    }

    [Fact]
    public async Task Members_are_described_with_the_tenants_names_and_without_the_gateways_address()
    {
        var kafka = await fixture.StartedAsync();
        var needles = await Needles.OfAsync(kafka);
        var target = await KafkaGroups.JoinAsync(kafka, "acme", "described", "orders");
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", "described");
        var answer = await client.AskAsync(ApiKey.DescribeGroups, 5, RawRequests.Of(ApiKey.DescribeGroups, target));
        var member = answer.Body.List("groups").Single().List("members").Single();
        Assert.Equal(RawRequests.Subscription("orders"), member.Get<byte[]>("memberMetadata"));
        Assert.Equal(RawRequests.Assignment("orders"), member.Get<byte[]>("memberAssignment"));
        Assert.Equal("", member.Text("clientHost"));
        Assert.Empty(needles.In(answer.Frame, []));

        await using var modern = await KafkaGroups.CoordinatorAsync(kafka, "acme", "described-new");
        var joined = (await modern.AskAsync(ApiKey.ConsumerGroupHeartbeat, kafka.AtMost(ApiKey.ConsumerGroupHeartbeat, 1), RawRequests.Heartbeat(Orders with { Group = "described-new" }))).Body;
        Assert.Equal(0, joined.Get<short>("errorCode"));
        Assert.Equal(await IdAsync(modern, "orders"), joined.Struct("assignment")!.List("topicPartitions").Single().Get<Guid>("topicId"));
        var shown = await modern.AskAsync(ApiKey.ConsumerGroupDescribe, kafka.AtMost(ApiKey.ConsumerGroupDescribe, 1), RawRequests.Of(ApiKey.ConsumerGroupDescribe, Orders with { Group = "described-new" }));
        Assert.Equal("orders", shown.Body.List("groups").Single().List("members").Single().Struct("assignment")!.List("topicPartitions").Single().Text("topicName"));
        Assert.Empty(needles.In(shown.Frame, []));
    }

    [Fact]
    public async Task A_denied_Produce_that_wants_no_answer_ends_the_connection_and_an_allowed_one_is_written()
    {
        var kafka = await fixture.StartedAsync();
        await using (var client = await RawClient.LoggedInAsync(kafka, "acme"))
        {
            await client.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(Orders, RawRequests.Batch(), acks: 0));
            await client.AssertClosedAsync();
        }

        await using var writer = await RawClient.LoggedInAsync(kafka, "acme");
        var returns = new Target("returns", Guid.Empty, "", "");
        var led = (await writer.AskAsync(ApiKey.Metadata, 9, RawRequests.Metadata(returns))).Body.List("topics").Single().List("partitions")
            .Where(p => p.Get<int>("leaderId") == 0).Select(p => p.Get<int>("partitionIndex")).ToList();
        var request = RawRequests.Produce(returns, RawRequests.Batch(), acks: 0);

        // For a partition that it does not lead, the broker itself would close the connection.
        request.List("topicData").Single().List("partitionData").RemoveAll(p => !led.Contains(p.Get<int>("index")));
        await writer.SendAsync(ApiKey.Produce, 9, request);
        Assert.Equal(3, (await writer.AskAsync(ApiKey.Metadata, 9, RawRequests.Metadata(Orders))).Body.List("brokers").Count);
    }

    [Fact]
    public async Task Offsets_of_a_withdrawn_alias_are_not_in_a_list_of_all()
    {
        var kafka = await fixture.StartedAsync();
        var tenants = new Tenants().Cluster("main", 1, 2, 3)
            .VirtualCluster("gone", VirtualClusterKind.Partner).Account("gone", "app").ZoneAcls("gone", "app")
            .Alias("gone", "kept", "sales.orders.v1", SharePermission.Read).Alias("gone", "withdrawn", "sales.returns.v1", SharePermission.Read);
        await using var node = GatewayNode.Prepare("gateway-alone", kafka.Kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        foreach (var topic in new[] { "kept", "withdrawn" })
        {
            await using var client = await KafkaGroups.CoordinatorAsync(node, tenants, "gone", "reader");
            var committed = (await client.AskAsync(ApiKey.OffsetCommit, 8, RawRequests.Of(ApiKey.OffsetCommit, new Target(topic, Guid.Empty, "reader", "")))).Body;
            Assert.All(committed.List("topics").Single().List("partitions"), p => Assert.Equal(0, p.Get<short>("errorCode")));
        }

        Assert.Equal(["kept", "withdrawn"], await AllOffsetsAsync(node, tenants));
        await node.Service.StopAsync();
        tenants.Put(FeedKinds.Alias, "gone-withdrawn", null);
        await node.StartAsync(tenants);
        Assert.Equal(["kept"], await AllOffsetsAsync(node, tenants));
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

    private static async Task<IEnumerable<string>> AllOffsetsAsync(GatewayNode node, Tenants tenants)
    {
        await using var client = await KafkaGroups.CoordinatorAsync(node, tenants, "gone", "reader");
        var offsets = (await client.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(new Target("", Guid.Empty, "reader", ""), all: true))).Body;
        return offsets.List("topics").Select(t => t.Text("name")!).Order();
    }

    private static async Task<long> ProducerIdAsync(RawClient client)
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(100))
        {
            var made = (await client.AskAsync(ApiKey.InitProducerId, 4, RawRequests.Of(ApiKey.InitProducerId, new Target("", Guid.Empty, "", "")))).Body;
            if (made.Get<short>("errorCode") == 0)
            {
                return made.Get<long>("producerId");
            }

            // The first ones of a broker wait for a block of ids from the controller.
            Assert.True(made.Get<short>("errorCode") == 14 && DateTime.UtcNow < until, $"Error {made.Get<short>("errorCode")}.");
        }
    }

    private static async Task<Guid> IdAsync(RawClient client, string topic) =>
        (await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")))).Body.List("topics").Single().Get<Guid>("topicId");
}
