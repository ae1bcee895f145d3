using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Faults;

/// <summary>Brokers die under load, and come back.</summary>
[Collection(AloneCollection.Name)]
public class BrokerFaultTests(FaultyKafka fixture)
{
    [Fact]
    public async Task A_leader_killed_under_load_and_back_again_loses_nothing_and_doubles_nothing()
    {
        var kafka = await fixture.StartedAsync();
        await using var load = await Load.StartAsync(kafka, "broker-killed");
        await kafka.Kafka.NodeAsync(1, KafkaNodeAction.Kill);
        try
        {
            await load.WaitForMoreAsync(500);
        }
        finally
        {
            await kafka.Kafka.NodeAsync(1, KafkaNodeAction.Start);
        }

        await load.WaitForMoreAsync(500);
        await load.AssertNothingLostAndNothingTwiceAsync();
    }
}
