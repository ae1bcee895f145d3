using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Feed;

public sealed class FeedStatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("state-").FullName;
    private readonly SteppedTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One that is removed in the control plane hears of no decision any more.</summary>
    [Fact]
    public void A_node_that_is_refused_for_long_takes_no_new_clients_and_one_whose_control_plane_is_away_does()
    {
        var status = new FeedStatus(StateFiles.Options(Path.Combine(_folder, "state.json")), _time);
        status.InTouch(_time.GetUtcNow());
        Fail(isRefusal: false, times: 20);
        Assert.Null(status.Barrier);
        Fail(isRefusal: true, times: 9);
        Assert.Null(status.Barrier);
        Fail(isRefusal: true, times: 3);
        Assert.Contains("refuses", status.Barrier, StringComparison.Ordinal);
        status.InTouch(_time.GetUtcNow());
        Assert.Null(status.Barrier);
        _time.Pass(TimeSpan.FromHours(25));
        Assert.Contains("GATEWAY_MAX_STATE_AGE", status.Barrier, StringComparison.Ordinal);

        void Fail(bool isRefusal, int times)
        {
            for (var i = 0; i < times; i++)
            {
                status.Failed(_time.GetUtcNow(), isRefusal);
                _time.Pass(TimeSpan.FromMinutes(1));
            }
        }
    }

    /// <summary>Nothing was decided for a day: that the node was in touch meanwhile is what lets it serve after a restart without the control plane.</summary>
    [Fact]
    public async Task A_node_that_was_in_touch_says_so_in_its_file_though_nothing_was_decided()
    {
        var tenants = new Tenants().Cluster("main", 1);
        await using var feed = await FeedServer.StartAsync(hold: TimeSpan.FromMilliseconds(100));
        await using var node = GatewayNode.Prepare("gateway-quiet", "127.0.0.1:1", tenants, feed.Settings);
        var file = new StateFile(StateFiles.Options(node.Service.Plan.Environment["GATEWAY_STATE_FILE"]));
        var before = DateTimeOffset.UtcNow.AddHours(-20);
        file.Save(StateFile.Of("1:test", before, new byte[32], tenants.Entries));
        await node.Service.StartUnreadyAsync();
        await Eventually.TrueAsync(() => file.Load()!.LastContact > before.AddHours(19), () => "The last contact is not in the file.");
    }
}
