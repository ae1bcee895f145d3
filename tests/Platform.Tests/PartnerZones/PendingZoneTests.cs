using System.Text.Json;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.PartnerZones;

public sealed class PendingZoneTests
{
    private const string Zone = "{ partnerZone(name: \"late\") { status missing topics { name ready } } }";

    [Fact]
    public async Task A_zone_says_what_is_missing_and_completes_when_a_node_sees_it()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await CreateLate(platform);
        var pending = await Read(platform);
        Assert.Equal("PENDING", pending.GetProperty("status").GetString());
        Assert.Equal("invoices", pending.GetProperty("missing")[0].GetString());
        Assert.DoesNotContain((await platform.Feed(null)).Entries, e => e.Content?.ToString().Contains("invoices", StringComparison.Ordinal) == true);

        using var answer = await platform.Report(Scenes.Facts("main", null, "sales.orders.v1", "sales.returns.v1", "sales.invoices.v1"));

        await Until(platform, "READY");
        Assert.Contains((await platform.Feed(null)).Entries, e => e.Content?.ToString().Contains("sales.invoices.v1", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_zone_completes_after_the_process_died_between_the_facts_and_the_wake_up()
    {
        var database = await PrivatePostgres.NewDatabase();
        await using (var platform = await PlatformUnderTest.Start(database))
        {
            await platform.Stage();
            await CreateLate(platform);
            // The facts are in, the process is gone before anybody looked.
            await using var connection = new Npgsql.NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("""
                insert into platform.physical_topics (cluster_id, name, topic_id, partitions)
                select owner, 'sales.invoices.v1', gen_random_uuid(), 3 from platform.claims where key = 'physicalCluster:main'
                """, connection);
            await command.ExecuteNonQueryAsync();
        }

        await using var again = await PlatformUnderTest.Start(database);
        await Until(again, "READY");
    }

    [Fact]
    public async Task Two_processes_complete_a_zone_once()
    {
        var database = await PrivatePostgres.NewDatabase();
        await using var one = await PlatformUnderTest.Start(database);
        await using var two = await PlatformUnderTest.Start(database);
        await one.Stage();
        await CreateLate(one);
        var facts = Scenes.Facts("main", null, "sales.orders.v1", "sales.returns.v1", "sales.invoices.v1");
        await Task.WhenAll(one.Report(facts), two.Report(facts));
        await Until(one, "READY");
        await Until(two, "READY");
        Assert.Single((await two.Feed(null)).Entries, e => e.Content?.ToString().Contains("sales.invoices.v1", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_pending_share_can_be_withdrawn_and_its_name_used_again()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await CreateLate(platform);
        var withdrawn = await platform.Mutate("withdrawTopic", new { reason = Scenes.Why, zone = "late", name = "invoices" }, "partnerZone { status }");
        Assert.Equal("READY", withdrawn.GetProperty("partnerZone").GetProperty("status").GetString());
        await platform.Mutate("shareTopic", new { reason = Scenes.Why, zone = "late", name = "invoices", physicalTopic = "sales.returns.v1", permission = "WRITE" }, "change { id }");
        var alias = (await platform.Feed(null)).Entries.Single(e => e.Content?.ToString().Contains("\"invoices\"", StringComparison.Ordinal) == true);
        Assert.Equal(SharePermission.Write, alias.Content!.Value.Deserialize<AliasDocument>(ContractJson.Options)!.Permission);
    }

    private static Task<JsonElement> CreateLate(PlatformUnderTest platform) => platform.Mutate("createPartnerZone", new
    {
        reason = Scenes.Why, name = "late", organization = "acme",
        topics = new[]
        {
            new { name = "orders", physicalTopic = "sales.orders.v1", permission = "READ" },
            new { name = "invoices", physicalTopic = "sales.invoices.v1", permission = "READ" },
        },
    }, "partnerZone { status }");

    private static async Task<JsonElement> Read(PlatformUnderTest platform) => (await platform.Graph(Zone)).GetProperty("data").GetProperty("partnerZone");

    private static async Task Until(PlatformUnderTest platform, string status)
    {
        for (var i = 0; i < 100; i++)
        {
            if ((await Read(platform)).GetProperty("status").GetString() == status)
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"{await Read(platform)}\n{platform.Log.Text}");
    }
}
