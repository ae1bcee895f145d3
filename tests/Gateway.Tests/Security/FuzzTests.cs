using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>Requests with bytes spoilt by chance, after a login: answered or closed, never an error that nobody thought of.</summary>
public class FuzzTests(KafkaFixture fixture)
{
    private const int SpoiltPerVersion = 6;

    /// <summary>A spoilt time-out or a missing member lets these wait: whether an answer comes is not looked at.</summary>
    private static readonly HashSet<ApiKey> MayWait =
    [
        ApiKey.Fetch, ApiKey.Produce, ApiKey.JoinGroup, ApiKey.SyncGroup, ApiKey.ListOffsets, ApiKey.ShareFetch, ApiKey.ShareAcknowledge, ApiKey.DescribeShareGroupOffsets,
        ApiKey.AlterShareGroupOffsets, ApiKey.DeleteShareGroupOffsets,
    ];

    [Theory]
    [InlineData("acme", "orders")]
    [InlineData("shop", "carts")]
    public async Task Spoilt_requests_meet_no_unforeseen_error(string tenant, string topic)
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        var kafka = await fixture.StartedAsync();
        var tenants = new Tenants().Cluster("main", 1, 2, 3)
            .VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "orders", "sales.orders.v1", SharePermission.Read).Account("acme", "app").ZoneAcls("acme", "app")
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        await using var node = GatewayNode.Prepare("gateway-alone", kafka.Kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        var token = tenants.Token(tenant, "app");
        var random = new Random(11);
        var client = await RawClient.LoggedInAsync(node.PortStart, "app", token);
        foreach (var api in ApiRights.Table.Keys.Except([ApiKey.SaslHandshake, ApiKey.SaslAuthenticate]))
        {
            var versions = Definitions.Apis[api].Request.Versions;
            for (var version = versions.From; version <= versions.To; version++)
            {
                for (var i = 0; i < SpoiltPerVersion; i++)
                {
                    var frame = RawClient.Frame(api, version, i, RawRequests.Of(api, new Target(topic, Guid.NewGuid(), $"fuzz-{random.Next()}", "fuzz")));
                    var body = 4 + 8 + 2 + 3 + (Definitions.Apis[api].RequestHeaderVersion(version) == 2 ? 1 : 0);
                    if (frame.Length <= body)
                    {
                        break;
                    }

                    for (var spoilt = random.Next(1, 4); spoilt > 0; spoilt--)
                    {
                        frame[random.Next(body, frame.Length)] = random.Next(4) switch { 0 => 0, 1 => 0xff, 2 => 0x7f, _ => (byte)random.Next(256) };
                    }

                    await client.SendAsync(frame);
                    var closed = MayWait.Contains(api);
                    if (!closed)
                    {
                        closed = await client.ReceiveAsync() is null;
                    }

                    if (closed)
                    {
                        await client.DisposeAsync();
                        client = await RawClient.LoggedInAsync(node.PortStart, "app", token);
                    }
                }
            }
        }

        await client.DisposeAsync();
        Assert.DoesNotContain("fail:", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("nhandled", node.Log, StringComparison.Ordinal);
        await using var after = await RawClient.LoggedInAsync(node.PortStart, "app", token);
        Assert.Equal(topic, (await after.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")))).Body.List("topics").Single().Text("name"));
    }
}
