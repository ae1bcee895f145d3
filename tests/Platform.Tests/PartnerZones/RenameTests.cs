using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Tests.Hosting;
using Wolverine;

namespace PartnerPlatform.Platform.Tests.PartnerZones;

/// <summary>A shared topic gets another name; the former one works on until a date, or until nobody uses it.</summary>
public sealed class RenameTests
{
    private const string Zone = "partnerZone { topics { name formerName { name until unusedFor lastUsed } } }";

    [Fact]
    public async Task The_former_name_goes_to_the_nodes_beside_the_new_one_and_ends_at_its_date()
    {
        await using var platform = await Staged();
        var topic = await Rename(platform, new { until = DateTimeOffset.UtcNow.AddSeconds(2) });
        Assert.Equal("orders", topic.GetProperty("formerName").GetProperty("name").GetString());
        Assert.Equal([("orders-v2", "orders")], await Renamed(platform));
        Assert.Equal("NAME_TAKEN", await platform.RefusalOf("shareTopic", new { reason = Scenes.Why, zone = "acme", name = "orders", physicalTopic = "sales.other", permission = "READ" }));

        await Sweep(platform);
        Assert.Equal([("orders-v2", "orders")], await Renamed(platform));
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        await Sweep(platform);

        Assert.Equal([("orders-v2", null)], await Renamed(platform));
        var read = await platform.Graph("{ partnerZone(name: \"acme\") { topics { name formerName { name } } } }");
        Assert.Equal(JsonValueKind.Null, read.GetProperty("data").GetProperty("partnerZone").GetProperty("topics").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "orders-v2").GetProperty("formerName").ValueKind);
        Assert.Null(await platform.RefusalOf("renameSharedTopic", new { reason = Scenes.Why, zone = "acme", name = "returns", newName = "orders" }));
    }

    [Fact]
    public async Task The_former_name_ends_when_no_node_has_seen_it_used_for_so_long_and_all_nodes_are_heard()
    {
        await using var platform = await Staged();
        await Rename(platform, new { unusedFor = "PT1H" });
        await Sql(platform, "update platform.former_names set since = since - interval '2 hours'");
        var alias = (await platform.Feed(null)).Entries.Single(e => e.Content?.ToString().Contains("orders-v2", StringComparison.Ordinal) == true);
        using (var answer = await platform.Report(Scenes.Facts() with { Clusters = null, FormerNamesUsed = [FeedKinds.Split(alias.Key).Id, "alias-unknown"] }))
        {
            Assert.True(answer.IsSuccessStatusCode);
        }

        await Sweep(platform);
        Assert.Equal([("orders-v2", "orders")], await Renamed(platform));
        var topic = (await platform.Graph($"{{ {Zone.Replace("partnerZone", "partnerZone(name: \"acme\")", StringComparison.Ordinal)} }}")).GetProperty("data").GetProperty("partnerZone").GetProperty("topics")[0];
        Assert.Equal("PT1H", topic.GetProperty("formerName").GetProperty("unusedFor").GetString());
        Assert.NotEqual(JsonValueKind.Null, topic.GetProperty("formerName").GetProperty("lastUsed").ValueKind);

        await Sql(platform, "update platform.former_names set last_used = last_used - interval '2 hours'; update platform.node_state set last_seen = last_seen - interval '2 minutes'");
        await Sweep(platform);
        Assert.Equal([("orders-v2", "orders")], await Renamed(platform));

        await Sql(platform, "update platform.node_state set last_seen = now()");
        await Sweep(platform);
        Assert.Equal([("orders-v2", null)], await Renamed(platform));
    }

    [Fact]
    public async Task Bindings_over_exactly_the_name_follow_it()
    {
        await using var platform = await Staged();
        object Binding(string name, string pattern = "LITERAL") => new { resourceType = "TOPIC", resourceName = name, patternType = pattern, principal = "User:audit", host = "*", operation = "READ", permission = "ALLOW" };
        await platform.Mutate("grantAccess", new { reason = Scenes.Why, virtualCluster = "acme", bindings = new[] { Binding("orders"), Binding("ord", "PREFIXED"), Binding("returns") } }, "change { id }");

        await Rename(platform, new { unusedFor = "P7D" });
        Assert.Equal(["LITERAL orders", "LITERAL orders-v2", "LITERAL returns", "PREFIXED ord"], await Bindings(platform));

        await platform.Mutate("endSharedTopicFormerName", new { reason = Scenes.Why, zone = "acme", name = "orders-v2" }, "change { id }");
        Assert.Equal(["LITERAL orders-v2", "LITERAL returns", "PREFIXED ord"], await Bindings(platform));
        Assert.Equal([("orders-v2", null)], await Renamed(platform));

        await platform.Mutate("renameSharedTopic", new { reason = Scenes.Why, zone = "acme", name = "orders-v2", newName = "orders" }, "change { id }");
        Assert.Equal(["LITERAL orders", "LITERAL returns", "PREFIXED ord"], await Bindings(platform));
    }

    [Fact]
    public async Task A_withdrawn_topic_gives_both_names_back_and_only_operators_rename()
    {
        await using var platform = await Staged();
        Assert.Equal("FORBIDDEN", await platform.RefusalOf("renameSharedTopic", new { reason = Scenes.Why, zone = "acme", name = "orders", newName = "mine" }, "partner_admin", "partner", "acme"));
        Assert.Equal("NAME_TAKEN", await platform.RefusalOf("renameSharedTopic", new { reason = Scenes.Why, zone = "acme", name = "orders", newName = "returns" }));
        await Rename(platform, new { unusedFor = "P7D" });
        await platform.Mutate("withdrawTopic", new { reason = Scenes.Why, zone = "acme", name = "orders-v2" }, "change { id }");
        Assert.Empty(await Renamed(platform));
        foreach (var name in new[] { "orders", "orders-v2" })
        {
            await platform.Mutate("shareTopic", new { reason = Scenes.Why, zone = "acme", name, physicalTopic = "sales.orders.v1", permission = "READ" }, "change { id }");
            await platform.Mutate("withdrawTopic", new { reason = Scenes.Why, zone = "acme", name }, "change { id }");
        }
    }

    private static async Task<PlatformUnderTest> Staged()
    {
        var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        return platform;
    }

    private static async Task<JsonElement> Rename(PlatformUnderTest platform, object keepFormerName)
    {
        var payload = await platform.Mutate("renameSharedTopic", new { reason = Scenes.Why, zone = "acme", name = "orders", newName = "orders-v2", keepFormerName }, Zone);
        return payload.GetProperty("partnerZone").GetProperty("topics").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "orders-v2");
    }

    private static async Task<List<(string Name, string? FormerName)>> Renamed(PlatformUnderTest platform) =>
        [.. (await platform.Feed(null)).Entries.Where(e => FeedKinds.Split(e.Key).Kind == FeedKinds.Alias && e.Content is not null)
            .Select(e => e.Content!.Value.Deserialize<AliasDocument>(ContractJson.Options)!).Where(a => a.Name.StartsWith("orders", StringComparison.Ordinal)).Select(a => (a.Name, a.FormerName))];

    private static async Task<List<string>> Bindings(PlatformUnderTest platform) =>
        [.. (await platform.Feed(null)).Entries.Where(e => FeedKinds.Split(e.Key).Kind == FeedKinds.AccessControl)
            .SelectMany(e => e.Content!.Value.Deserialize<AccessControlDocument>(ContractJson.Options)!.Bindings)
            .Where(b => b.Principal == "User:audit").Select(b => $"{b.PatternType} {b.ResourceName}").Order(StringComparer.Ordinal)];

    private static async Task Sweep(PlatformUnderTest platform)
    {
        await using var scope = platform.Services.CreateAsyncScope();
        await platform.Services.GetRequiredService<FormerNames>().Sweep(scope.ServiceProvider.GetRequiredService<IMessageBus>(), CancellationToken.None);
    }

    private static async Task Sql(PlatformUnderTest platform, string text)
    {
        await using var connection = new NpgsqlConnection(platform.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
