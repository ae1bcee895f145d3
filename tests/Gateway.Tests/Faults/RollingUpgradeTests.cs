using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Faults;

/// <summary>Brokers become newer behind running clients. It takes two minutes, so on demand: ROLLING_UPGRADE=1 ./test.sh RollingUpgrade.</summary>
public class RollingUpgradeTests(UpgradedKafkaFixture fixture) : IClassFixture<UpgradedKafkaFixture>
{
    private const int Partitions = 3;

    [Fact]
    public async Task Brokers_are_upgraded_one_by_one_under_load_and_clients_are_offered_what_all_of_them_have()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("ROLLING_UPGRADE") is null, "takes two minutes: ROLLING_UPGRADE is not set");
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.upgraded", Partitions));
        var old = await OfferedAsync(kafka, ApiKey.Produce);
        await using var writer = Writer.Start(kafka, "shop", "upgraded", Partitions);
        await using var member = GroupMember.Start(kafka, "shop", "upgraded", "upgraded", GroupProtocol.Classic, "cooperative-sticky");
        await writer.WaitForMoreAsync(Partitions);
        for (var node = 1; node <= 3; node++)
        {
            Assert.Equal(old, await OfferedAsync(kafka, ApiKey.Produce));
            await kafka.Kafka.UpgradeAsync(node, "4.3.1");
            await writer.WaitForMoreAsync(Partitions);
        }

        // Versions of brokers that seem unchanged are asked for once a minute.
        for (var until = DateTime.UtcNow.AddSeconds(100); await OfferedAsync(kafka, ApiKey.Produce) is var now && now <= old; await Task.Delay(500))
        {
            Assert.True(DateTime.UtcNow < until, $"Produce is offered up to {now} as before.");
        }

        await writer.WaitForMoreAsync(Partitions);
        await writer.StopAsync();
        await Eventually.TrueAsync(
            () => writer.Written.Keys.All(member.Records.ContainsKey), () => $"Of {writer.Written.Count} records {writer.Written.Keys.Count(k => !member.Records.ContainsKey(k))} were not read; {member.Failure}");
        Assert.All(writer.Written, w => Assert.Equal(w.Value, member.Records[w.Key]));
    }

    private static async Task<short> OfferedAsync(KafkaFixture kafka, ApiKey api)
    {
        await using var client = await RawClient.ConnectAsync(kafka.First.PortStart);
        var offered = (await client.AskAsync(ApiKey.ApiVersions, 3, RawClient.NewRequest(ApiKey.ApiVersions).Set("clientSoftwareName", "raw").Set("clientSoftwareVersion", "1"))).Body;
        return offered.List("apiKeys").Single(k => k.Get<short>("apiKey") == (short)api).Get<short>("maxVersion");
    }
}
