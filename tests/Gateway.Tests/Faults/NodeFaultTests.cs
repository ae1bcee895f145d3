using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Faults;

/// <summary>Gateway nodes stop and die under load.</summary>
[Collection(AloneCollection.Name)]
public class NodeFaultTests(FaultyKafka fixture)
{
    [Fact]
    public async Task A_node_that_is_told_to_stop_drains_exits_and_loses_nothing()
    {
        var kafka = await fixture.StartedAsync();
        await using var load = await Load.StartAsync(kafka, "node-stopped");
        var began = DateTime.UtcNow;
        Assert.True(await kafka.First.Service.StopAsync(), "It had to be killed.");
        Assert.Equal(0, kafka.First.Service.Process.ExitCode);
        Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(10), $"It took {(DateTime.UtcNow - began).TotalSeconds:0.0} s.");
        await load.WaitForMoreAsync(500);
        await kafka.First.StartAsync(kafka.Tenants);
        await load.WaitForMoreAsync(500);
        await load.AssertNothingLostAndNothingTwiceAsync();
    }

    [Fact]
    public async Task Clients_of_a_killed_node_go_on_with_the_other()
    {
        var kafka = await fixture.StartedAsync();
        await using var load = await Load.StartAsync(kafka, "node-killed");
        await kafka.Second.Service.KillAsync();
        await load.WaitForMoreAsync(1000);
        await kafka.Second.StartAsync(kafka.Tenants);
        await load.WaitForMoreAsync(500);
        await load.AssertNothingLostAndNothingTwiceAsync();
    }
}
