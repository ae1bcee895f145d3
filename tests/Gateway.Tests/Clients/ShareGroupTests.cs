using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Share groups (KIP-932), by Kafka's own share consumers and by requests made by hand.</summary>
public class ShareGroupTests(KafkaFixture fixture)
{
    private const short ShareSessionNotFound = 122;
    private const short FencedMemberEpoch = 110;

    [Theory]
    [InlineData("4.3.1")]
    [InlineData("4.4.0")]
    public async Task Records_are_delivered_and_acknowledged(string version)
    {
        var kafka = await fixture.StartedAsync(ApiKey.ShareGroupHeartbeat);
        await ConsumeAsync(kafka, version, $"share-{version}", $"sharers-{version}");
    }

    [Fact]
    public async Task A_group_is_described_reset_and_deleted_within_the_tenant()
    {
        const string version = "4.3.1";
        var kafka = await fixture.StartedAsync(ApiKey.ShareGroupHeartbeat);
        var (topic, group) = ("share-admin", "sharers-admin");
        await ConsumeAsync(kafka, version, topic, group);

        Assert.Contains(group, await Tool(version, "share-groups", "--list"), StringComparison.Ordinal);
        var offsets = await Tool(version, "share-groups", "--describe", "--group", group, "--offsets");
        Assert.Contains(topic, offsets, StringComparison.Ordinal);
        var reset = await Tool(version, "share-groups", "--reset-offsets", "--group", group, "--topic", topic, "--to-earliest", "--execute");
        var deleted = await Tool(version, "share-groups", "--delete-offsets", "--group", group, "--topic", topic);
        Assert.All([offsets, reset, deleted], text => Assert.DoesNotContain("shop.", text, StringComparison.Ordinal));
        await Tool(version, "share-groups", "--delete", "--group", group);

        async Task<string> Tool(string toolVersion, string tool, params string[] arguments)
        {
            var run = await RealKafka.RunToolAsync([tool, "--bootstrap-server", kafka.BootstrapServers, "--command-config", kafka.JavaProperties("shop"), .. arguments], toolVersion);
            Assert.True(run.ExitCode == 0 && !run.Text.Contains("Exception", StringComparison.Ordinal), $"{tool} {string.Join(' ', arguments)}\n{run.Text}");
            return run.Output;
        }
    }

    [Fact]
    public async Task A_partner_shares_the_reading_of_what_is_shared_for_reading_and_of_nothing_else()
    {
        var kafka = await fixture.StartedAsync(ApiKey.ShareGroupHeartbeat);
        var orders = new Target("orders", await VirtualIdAsync(kafka, "acme", "orders"), "acme-sharers", "");
        var returns = orders with { Topic = "returns", TopicId = await VirtualIdAsync(kafka, "acme", "returns") };
        var member = RawRequests.NewMember();
        await using (var client = await KafkaGroups.CoordinatorAsync(kafka, "acme", orders.Group))
        {
            Assert.Equal(0, await JoinAsync(client, orders, member));
        }

        await using var leader = await RawClient.LoggedInAsync(kafka, "acme");
        var answer = (await leader.AskAsync(ApiKey.ShareFetch, 2, Both(RawRequests.ShareFetch(orders, member), RawRequests.ShareFetch(returns, member)))).Body;
        var errors = answer.List("responses").ToDictionary(r => r.Get<Guid>("topicId"), r => r.List("partitions").Select(p => p.Get<short>("errorCode")).Distinct().Order().ToList());
        Assert.Equal([(short)29], errors[returns.TopicId]);
        Assert.DoesNotContain((short)29, errors[orders.TopicId]);

        var next = await leader.AskAsync(ApiKey.ShareFetch, 2, RawRequests.ShareFetch(orders, member, epoch: 1));
        Assert.Equal(0, next.Body.Get<short>("errorCode"));
    }

    [Fact]
    public async Task A_share_session_ends_when_rights_change_and_a_member_that_the_node_does_not_know_joins_again()
    {
        var kafka = await fixture.StartedAsync(ApiKey.ShareGroupHeartbeat);
        var tenants = new Tenants().Cluster("main", 1, 2, 3).VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "orders", "sales.orders.v1", SharePermission.Read)
            .Account("acme", "app").ZoneAcls("acme", "app");
        await using var node = GatewayNode.Prepare("gateway-shares", kafka.Kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        var target = new Target("orders", Guid.Empty, "sessions", "");
        await using var client = await RawClient.LoggedInAsync(node.PortStart, "app", tenants.Token("acme", "app"));
        var unknown = await client.AskAsync(ApiKey.ShareGroupHeartbeat, 1, RawRequests.ShareHeartbeat(target, RawRequests.NewMember(), epoch: 7));
        Assert.Equal(FencedMemberEpoch, unknown.Body.Get<short>("errorCode"));
        var foreign = await client.AskAsync(ApiKey.ShareFetch, 2, RawRequests.ShareFetch(target, epoch: 3));
        Assert.Equal(ShareSessionNotFound, foreign.Body.Get<short>("errorCode"));
        var acknowledged = await client.AskAsync(ApiKey.ShareAcknowledge, 2, RawRequests.ShareAcknowledge(target));
        Assert.Equal(ShareSessionNotFound, acknowledged.Body.Get<short>("errorCode"));
    }

    private static Node Both(Node first, Node second)
    {
        first.List("topics").AddRange(second.List("topics"));
        return first;
    }

    private static async Task ConsumeAsync(KafkaFixture kafka, string version, string topic, string group)
    {
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", 2));
        Produce(kafka, "shop", topic, 200);
        var consumed = await RealKafka.RunToolAsync(
            ["verifiable-share-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--group-id", group, "--max-messages", "200", "--acknowledgement-mode", "sync",
                "--offset-reset-strategy", "earliest", "--command-config", kafka.JavaProperties("shop")],
            version);
        Assert.True(consumed.ExitCode == 0 && consumed.Output.Contains("\"offsets_acknowledged\"", StringComparison.Ordinal), consumed.Text);
    }

    private static async Task<short> JoinAsync(RawClient client, Target target, string member)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            var error = (await client.AskAsync(ApiKey.ShareGroupHeartbeat, 1, RawRequests.ShareHeartbeat(target, member))).Body.Get<short>("errorCode");
            if (error is not (14 or 15 or 16) || DateTime.UtcNow > until)
            {
                return error;
            }
        }
    }

    private static void Produce(KafkaFixture kafka, string tenant, string topic, int count)
    {
        using var producer = new ProducerBuilder<Null, string>(kafka.Client(tenant)).Build();
        for (var i = 0; i < count; i++)
        {
            producer.Produce(topic, new Message<Null, string> { Value = $"{i}" });
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
    }

    private static async Task<Guid> VirtualIdAsync(KafkaFixture kafka, string tenant, string topic)
    {
        await using var client = await RawClient.LoggedInAsync(kafka, tenant);
        var answer = await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")));
        return answer.Body.List("topics").Single().Get<Guid>("topicId");
    }
}
