using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.PartnerZones;

public sealed class PartnerZoneTests
{
    [Fact]
    public async Task A_zone_comes_up_whole_in_one_command_and_reaches_the_feed()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();

        var payload = await platform.CreateZone();

        Assert.Equal("READY", payload.GetProperty("partnerZone").GetProperty("status").GetString());
        var page = await platform.Feed(null);
        Assert.True(page.Snapshot);
        var kinds = page.Entries.GroupBy(e => FeedKinds.Split(e.Key).Kind).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(1, kinds[FeedKinds.VirtualCluster]);
        Assert.Equal(2, kinds[FeedKinds.Alias]);
        Assert.Equal(2, kinds[FeedKinds.ServiceAccount]);
        Assert.Equal(1, kinds[FeedKinds.AccessControl]);
        Assert.Equal(1, kinds[FeedKinds.PhysicalCluster]);
        Assert.Equal(1, kinds[FeedKinds.Node]);
        Assert.DoesNotContain(FeedKinds.Client, kinds.Keys);
    }
}
