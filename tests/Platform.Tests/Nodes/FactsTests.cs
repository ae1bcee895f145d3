using System.Net.Http.Json;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Nodes;

public sealed class FactsTests
{
    [Fact]
    public async Task The_topic_id_key_is_made_once_and_kept_sealed()
    {
        var database = await PrivatePostgres.NewDatabase();
        string key;
        await using (var platform = await PlatformUnderTest.Start(database))
        {
            await platform.Stage();
            key = await Key(platform);
            Assert.Equal(32, Convert.FromBase64String(key).Length);
        }

        await using var again = await PlatformUnderTest.Start(database);
        Assert.Equal(key, await Key(again));
    }

    [Fact]
    public async Task An_unregistered_or_removed_node_is_refused()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        using var stranger = await platform.Report(Scenes.Facts(), "stranger");
        Assert.Equal(403, (int)stranger.StatusCode);
        await platform.Mutate("removeNode", new { reason = Scenes.Why, name = "node-1" }, "node { removed }");
        using var removed = await platform.Report(Scenes.Facts());
        Assert.Equal(401, (int)removed.StatusCode);
        Assert.DoesNotContain((await platform.Feed(null, client: "node-2")).Entries, e => e.Key.StartsWith("node/", StringComparison.Ordinal));
        Assert.Empty((await platform.Feed(null, "identity", "identity")).Entries);
    }

    [Fact]
    public async Task Facts_of_an_unregistered_cluster_are_ignored_with_a_log_line()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        using var answer = await platform.Report(Scenes.Facts("nowhere", [1], "t"));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("nowhere", platform.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_processes_with_one_name_the_former_is_refused_and_changes_nothing()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        var elsewhere = Scenes.Facts() with { Boot = "boot-2", Endpoint = Scenes.Facts().Endpoint with { PortStart = 9500 } };
        using var later = await platform.Report(elsewhere);
        Assert.Equal(200, (int)later.StatusCode);
        var before = (await platform.Feed(null)).Cursor;
        using var former = await platform.Report(Scenes.Facts());
        Assert.Equal(409, (int)former.StatusCode);
        using var again = await platform.Report(elsewhere);
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Equal(before, (await platform.Feed(null)).Cursor);
    }

    [Fact]
    public async Task A_repeat_changes_nothing()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        var before = (await platform.Feed(null)).Cursor;
        using var answer = await platform.Report(Scenes.Facts("main", null, "sales.orders.v1", "sales.returns.v1"));
        Assert.Equal(before, (await platform.Feed(null)).Cursor);
    }

    [Fact]
    public async Task Nonsense_is_refused()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        using var answer = await platform.Report(Scenes.Facts() with { Endpoint = null! });
        Assert.Equal(400, (int)answer.StatusCode);
    }

    private static async Task<string> Key(PlatformUnderTest platform)
    {
        using var answer = await platform.Report(Scenes.Facts());
        return (await answer.Content.ReadFromJsonAsync<NodeFactsAnswer>(ContractJson.Options))!.TopicIdKey;
    }
}
