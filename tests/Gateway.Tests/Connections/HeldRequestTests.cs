using System.Collections.Concurrent;
using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Security.Fuzz;
using PartnerPlatform.Gateway.Tests.Surroundings;
using ErrorCode = PartnerPlatform.Gateway.Protocol.ErrorCode;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Connections;

/// <summary>A broker carries out what waits behind a request that it holds when that ends: by then the right to it, looked at before, may be gone.</summary>
public sealed class HeldRequestTests(KafkaFixture fixture) : IAsyncLifetime
{
    private static readonly Target Carts = new("carts", Guid.Empty, "group", "", Member: "member");

    private readonly Tenants _tenants = new Tenants().Cluster("main", 1).VirtualCluster("medlar", VirtualClusterKind.Standard, acl: false).Account("medlar", "app");
    private readonly ConcurrentQueue<ApiKey> _seen = new();
    private BrokenBroker _broker = null!;
    private GatewayNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = new BrokenBroker(FuzzWorld.TopicIds, request =>
        {
            _seen.Enqueue((ApiKey)request.ApiKey);
            return null;
        });
        _node = GatewayNode.Prepare("gateway-between", $"127.0.0.1:{_broker.Port}", _tenants);
        await _node.StartAsync(_tenants);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_but_fetches_goes_to_the_broker_behind_what_it_may_hold()
    {
        foreach (var (held, version) in new[] { (ApiKey.Fetch, (short)12), (ApiKey.JoinGroup, (short)5), (ApiKey.SyncGroup, (short)3) })
        {
            _seen.Clear();
            await using var client = await RawClient.LoggedInAsync(_node.PortStart, "app", _tenants.Token("medlar", "app"));
            await SendAsync(client, held, version, RawRequests.Of(held, Carts));
            await SendAsync(client, ApiKey.Fetch, 12, RawRequests.Of(ApiKey.Fetch, Carts));
            await SendAsync(client, ApiKey.Produce, 9, RawRequests.Produce(Carts, RawRequests.Batch()));
            await Eventually.TrueAsync(() => _seen.Count >= 2, () => string.Join(',', _seen));
            await Task.Delay(500);
            Assert.Equal([held, ApiKey.Fetch], _seen);
        }
    }

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

    private static Task SendAsync(RawClient client, ApiKey api, short version, Node request)
    {
        var writer = new WireWriter();
        MessageWriter.Write(Definitions.Apis[api].Request, version, request, writer);
        return client.SendAsync(RawClient.Frame(api, version, 1, writer.Written, BrokenBroker.SpoiltFor));
    }
}
