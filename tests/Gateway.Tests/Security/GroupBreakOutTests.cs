using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>What a tenant with a valid login may try to reach another's groups, members and offsets, and what it is told of its own.</summary>
public class GroupBreakOutTests(KafkaFixture fixture)
{
    private static readonly Target Orders = new("orders", Guid.Empty, "", "");

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
    public async Task A_subscription_that_cannot_be_read_reaches_no_group()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "shop", "unreadable");
        var request = RawRequests.Of(ApiKey.JoinGroup, new Target("orders", Guid.Empty, "unreadable", ""));
        foreach (var metadata in new byte[][] { [0, 1, 0, 0, 0, 1, 0, 1, 0xff], [0, 1, 0, 0, 0, 9, 1, 2] })
        {
            request.List("protocols").ForEach(p => p.Set("metadata", metadata));
            Assert.Equal((short)ErrorCode.InconsistentGroupProtocol, (await client.AskAsync(ApiKey.JoinGroup, 3, request)).Body.Get<short>("errorCode"));
        }
    }

    [Fact]
    public async Task Offsets_of_what_is_not_there_are_none_and_no_error()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", "asks");
        var answer = (await client.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(new Target("nothing", Guid.Empty, "asks", "")))).Body.List("topics").Single();
        Assert.Equal("nothing", answer.Text("name"));
        Assert.All(answer.List("partitions"), p => Assert.Equal((0, -1L), (p.Get<short>("errorCode"), p.Get<long>("committedOffset"))));
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
        Assert.Equal(await modern.TopicIdAsync("orders"), joined.Struct("assignment")!.List("topicPartitions").Single().Get<Guid>("topicId"));
        var shown = await modern.AskAsync(ApiKey.ConsumerGroupDescribe, kafka.AtMost(ApiKey.ConsumerGroupDescribe, 1), RawRequests.Of(ApiKey.ConsumerGroupDescribe, Orders with { Group = "described-new" }));
        Assert.Equal("orders", shown.Body.List("groups").Single().List("members").Single().Struct("assignment")!.List("topicPartitions").Single().Text("topicName"));
        Assert.Empty(needles.In(shown.Frame, []));
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

    private static async Task<IEnumerable<string>> AllOffsetsAsync(GatewayNode node, Tenants tenants)
    {
        await using var client = await KafkaGroups.CoordinatorAsync(node, tenants, "gone", "reader");
        var offsets = (await client.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(new Target("", Guid.Empty, "reader", ""), all: true))).Body;
        return offsets.List("topics").Select(t => t.Text("name")!).Order();
    }
}
