using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Groups with a member, made by raw requests through the gateway; a member that is not heard of any more leaves after ten seconds.</summary>
public static class KafkaGroups
{
    private const short NotCoordinator = 16;

    /// <summary>A connection to the slot of a group's (type 0) or transaction's (type 1) coordinator.</summary>
    public static Task<RawClient> CoordinatorAsync(KafkaFixture kafka, string tenant, string key, sbyte type = 0) => CoordinatorAsync(kafka.First, kafka.Tenants, tenant, key, type);

    public static async Task<RawClient> CoordinatorAsync(GatewayNode node, Tenants tenants, string tenant, string key, sbyte type = 0)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            var client = await RawClient.LoggedInAsync(node.PortStart, "app", tenants.Token(tenant, "app"));
            var found = await client.AskAsync(ApiKey.FindCoordinator, 3, RawClient.NewRequest(ApiKey.FindCoordinator).Set("key", key).Set("keyType", type));
            await client.DisposeAsync();
            if (found.Body.Get<short>("errorCode") == 0)
            {
                return await RawClient.LoggedInAsync(found.Body.Get<int>("port"), "app", tenants.Token(tenant, "app"));
            }

            Assert.True(DateTime.UtcNow < until, $"No coordinator of {key}: error {found.Body.Get<short>("errorCode")}.");
        }
    }

    /// <summary>Waits until the coordinator has loaded the group: some clients give up where they are told that it has not.</summary>
    public static async Task ReadyAsync(KafkaFixture kafka, string tenant, string group)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            await using var client = await CoordinatorAsync(kafka, tenant, group);
            var error = (await client.AskAsync(ApiKey.OffsetFetch, 7, RawRequests.OffsetFetch(new Target("", Guid.Empty, group, ""), all: true))).Body.Get<short>("errorCode");
            if (error == 0)
            {
                return;
            }

            Assert.True(DateTime.UtcNow < until && error is 14 or 15 or NotCoordinator, $"OffsetFetch: error {error}");
        }
    }

    /// <summary>One member of a classic group, with an assignment and a committed offset; returns how to speak for it.</summary>
    public static async Task<Target> JoinAsync(KafkaFixture kafka, string tenant, string group, string topic)
    {
        await using var client = await CoordinatorAsync(kafka, tenant, group);
        var target = new Target(topic, Guid.Empty, group, "");
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(100))
        {
            var joined = (await client.AskAsync(ApiKey.JoinGroup, 3, RawRequests.JoinGroup(target))).Body;
            if (joined.Get<short>("errorCode") == 0)
            {
                target = target with { Member = joined.Text("memberId")!, Epoch = joined.Get<int>("generationId") };
                break;
            }

            Assert.True(DateTime.UtcNow < until && joined.Get<short>("errorCode") is 14 or 15 or NotCoordinator, $"JoinGroup: error {joined.Get<short>("errorCode")}");
        }

        Assert.Equal(0, (await client.AskAsync(ApiKey.SyncGroup, 3, RawRequests.SyncGroup(target))).Body.Get<short>("errorCode"));
        var committed = (await client.AskAsync(ApiKey.OffsetCommit, 8, RawRequests.Of(ApiKey.OffsetCommit, target))).Body;
        Assert.All(committed.List("topics").Single().List("partitions"), p => Assert.Equal(0, p.Get<short>("errorCode")));
        return target;
    }

    /// <summary>Members by the new protocol have their times from the brokers: a heartbeat every 5 s, lost after 45. Makes it half a second and 6 s for a group.</summary>
    public static async Task QuickHeartbeatsAsync(KafkaFixture kafka, string physicalGroup)
    {
        if (!kafka.GroupsHaveSettings)
        {
            return;
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = ResourceType.Group, Name = physicalGroup }] =
            [
                new ConfigEntry { Name = "consumer.session.timeout.ms", Value = "6000", IncrementalOperation = AlterConfigOpType.Set },
                new ConfigEntry { Name = "consumer.heartbeat.interval.ms", Value = "500", IncrementalOperation = AlterConfigOpType.Set },
            ],
        });
    }
}
