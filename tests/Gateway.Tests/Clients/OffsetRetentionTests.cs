using Confluent.Kafka;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>A broker expires offsets of topics that it does not find among a living group's subscriptions.</summary>
public class OffsetRetentionTests
{
    private static readonly TimeSpan PastRetention = TimeSpan.FromSeconds(80);

    [Fact]
    public async Task A_group_that_is_idle_keeps_its_offsets_past_their_retention_and_one_without_members_does_not()
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        await using var kafka = await RealKafka.StartAsync(options: ["--property", "offsets.retention.minutes=1", "--property", "offsets.retention.check.interval.ms=3000"]);
        await KafkaFixture.CreateTopicsAsync(kafka.Plaintext, 1, ("sales.idle.v1", 1), ("shop.idle", 1));
        var tenants = new Tenants().Cluster("main", 1)
            .VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "idle", "sales.idle.v1", SharePermission.ReadWrite).Account("acme", "app").ZoneAcls("acme", "app")
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        await using var node = GatewayNode.Prepare("gateway-1", kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        ClientConfig Client(string tenant) => new()
        {
            BootstrapServers = $"127.0.0.1:{node.PortStart}", SecurityProtocol = SecurityProtocol.SaslPlaintext, SaslMechanism = SaslMechanism.Plain, SaslUsername = "app", SaslPassword = tenants.Token(tenant, "app"),
        };
        IConsumer<Ignore, string> Consumer(string tenant, string group) =>
            new ConsumerBuilder<Ignore, string>(new ConsumerConfig(Client(tenant)) { GroupId = group, EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        string[] owners = ["acme", "shop"];
        var members = new List<IConsumer<Ignore, string>>();
        foreach (var tenant in owners)
        {
            using var producer = new ProducerBuilder<Null, string>(Client(tenant)).Build();
            await producer.ProduceAsync("idle", new Message<Null, string> { Value = "one" });
            using (var alone = Consumer(tenant, "alone"))
            {
                alone.Commit([new TopicPartitionOffset("idle", 0, 1)]);
            }

            var member = Consumer(tenant, "living");
            member.Subscribe("idle");
            Assert.Equal("one", member.Consume(TimeSpan.FromSeconds(30))?.Message.Value);
            member.Commit([new TopicPartitionOffset("idle", 0, 1)]);
            members.Add(member);
        }

        for (var until = DateTime.UtcNow + PastRetention; DateTime.UtcNow < until; await Task.Delay(500))
        {
            members.ForEach(m => Assert.Null(m.Consume(TimeSpan.Zero)));
        }

        foreach (var (tenant, member) in owners.Zip(members))
        {
            using var alone = Consumer(tenant, "alone");
            Assert.Equal(Offset.Unset, alone.Committed([new TopicPartition("idle", 0)], TimeSpan.FromSeconds(20)).Single().Offset);
            using var looking = Consumer(tenant, "living");
            Assert.Equal(new Offset(1), looking.Committed([new TopicPartition("idle", 0)], TimeSpan.FromSeconds(20)).Single().Offset);
            member.Close();
            member.Dispose();
        }
    }
}
