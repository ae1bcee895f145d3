using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using ErrorCode = PartnerPlatform.Gateway.Protocol.ErrorCode;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Connections;

public sealed class HeldByRealBrokerTests(KafkaFixture fixture)
{
    /// <summary>A real broker reads the Produce when the Fetch before it has ended: by then the share is withdrawn.</summary>
    [Fact]
    public async Task What_waits_behind_a_held_fetch_is_refused_when_its_right_is_withdrawn_meanwhile()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("sales.held.v1", 1));
        var tenants = new Tenants().Cluster("main", [.. Enumerable.Range(1, kafka.Nodes)]).VirtualCluster("quince", VirtualClusterKind.Partner)
            .Alias("quince", "lines", "sales.held.v1", SharePermission.ReadWrite).Account("quince", "app").ZoneAcls("quince", "app");
        await using var feed = await FeedServer.StartAsync();
        await using var node = GatewayNode.Prepare("gateway-held", kafka.Kafka.Plaintext, tenants, feed.Settings);
        await node.StartAsync(tenants);
        var lines = new Target("lines", Guid.Empty, "", "");
        await using var asking = await RawClient.LoggedInAsync(node.PortStart, "app", tenants.Token("quince", "app"));
        var (_, leader) = await asking.LocateAsync("lines");
        await using var client = await RawClient.LoggedInAsync(node.PortStart + leader, "app", tenants.Token("quince", "app"));
        Assert.Equal(0, Error((await client.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(lines, RawRequests.Batch()))).Body));

        await client.SendAsync(ApiKey.Fetch, 12, RawRequests.FetchFirst(lines).Set("maxWaitMs", 6000).Set("minBytes", 1 << 20));
        await client.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(lines, RawRequests.Batch()));
        await Task.Delay(500);
        feed.Append((FeedKinds.Alias, "quince-lines", new AliasDocument("quince-lines", "quince", "lines", "main", "sales.held.v1", SharePermission.Read)));
        await Eventually.TrueAsync(() => feed.Applied == 1, () => "the node has not applied the withdrawal");
        await using (var other = await RawClient.LoggedInAsync(node.PortStart + leader, "app", tenants.Token("quince", "app")))
        {
            Assert.Equal((short)ErrorCode.TopicAuthorizationFailed, Error((await other.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(lines, RawRequests.Batch()))).Body));
        }

        Assert.NotNull(await client.ReceiveAsync());
        var answer = await client.ReceiveAsync();
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.Kafka.Plaintext, GroupId = "none" }).Build();
        Assert.Equal(1, reader.QueryWatermarkOffsets(new TopicPartition("sales.held.v1", 0), TimeSpan.FromSeconds(20)).High.Value);
        Assert.Equal((short)ErrorCode.TopicAuthorizationFailed, Error(RawClient.Read(ApiKey.Produce, 9, answer!).Body));

        static short Error(Node produced) => produced.List("responses").Single().List("partitionResponses").Single(p => p.Get<int>("index") == 0).Get<short>("errorCode");
    }
}
