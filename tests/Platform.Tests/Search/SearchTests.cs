using System.Text.Json;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Search;

public sealed class SearchTests(OnePlatform one) : IClassFixture<OnePlatform>, IAsyncLifetime
{
    private PlatformUnderTest Platform => one.Platform;

    public async ValueTask InitializeAsync()
    {
        foreach (var (zone, organization) in new[] { ("acme-eu", "acme"), ("globex-eu", "globex") })
        {
            await Platform.TryMutate("createPartnerZone", new
            {
                name = zone,
                organization,
                reason = Scenes.Why,
                idempotencyKey = zone,
                topics = new[] { new { name = $"{organization}-orders", physicalTopic = "sales.orders.v1", permission = "READ" } },
                serviceAccounts = new[] { $"{organization}-app" },
            }, "change { id }");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Everything_is_found_by_any_of_its_names_exact_ones_first()
    {
        Assert.Equal(
            ["ORGANIZATION acme", "PARTNER_ZONE acme-eu", "SERVICE_ACCOUNT acme-app", "SERVICE_ACCOUNT acme-eu-admin", "TOPIC acme-orders", "VIRTUAL_CLUSTER acme-eu"],
            (await Search("acme")).Order());
        Assert.Equal("ORGANIZATION acme", (await Search("ACME"))[0]);
        Assert.Equal(["PHYSICAL_TOPIC sales.orders.v1", "TOPIC acme-orders", "TOPIC globex-orders"], (await Search("sales.orders")).Order());
        Assert.Equal(["NODE node-1"], await Search("node-1"));
        Assert.Equal("PHYSICAL_CLUSTER main", (await Search("main"))[0]);
        Assert.Single(await Search("acme", first: 1));
    }

    [Fact]
    public async Task Nothing_in_a_text_is_special()
    {
        Assert.Empty(await Search("%"));
        Assert.Empty(await Search("acme_eu"));
        Assert.Empty(await Search("'; drop table platform.claims; --"));
        Assert.Empty(await Search("  "));
    }

    [Fact]
    public async Task A_partner_finds_its_own_things_by_its_own_names_only()
    {
        Assert.All(await Search("eu", await OrganizationId("acme")), h => Assert.DoesNotContain("globex", h, StringComparison.Ordinal));
        Assert.NotEmpty(await Search("acme-eu", await OrganizationId("acme")));
        foreach (var text in new[] { "globex", "sales.", "node-", "main", await OrganizationId("globex") })
        {
            Assert.Empty(await Search(text, await OrganizationId("acme")));
        }
    }

    [Fact]
    public async Task Zones_are_filtered_by_what_is_in_them_and_counted()
    {
        Assert.Equal(["acme-eu"], await Zones("""{ text: "ACME" }"""));
        Assert.Equal(["acme-eu", "globex-eu"], await Zones("""{ text: "sales.orders" }"""));
        Assert.Equal(["globex-eu"], await Zones("""{ organization: "globex", physicalCluster: "main", suspended: false }"""));
        Assert.Empty(await Zones("""{ suspended: true }"""));
        Assert.Empty(await Zones("""{ organization: "nobody" }"""));
        Assert.Equal(["acme-eu"], await Zones("""{ text: "orders" }""", await OrganizationId("acme")));
        // What lies behind is not to be found out by trying names.
        Assert.Empty(await Zones("""{ text: "sales.orders" }""", await OrganizationId("acme")));
        Assert.Empty(await Zones("""{ physicalCluster: "main" }""", await OrganizationId("acme")));
    }

    private async Task<List<string>> Search(string text, string? organization = null, int first = 50)
    {
        var answer = await Graph("query($text: String!, $first: Int!) { search(text: $text, first: $first) { kind name within } }", new { text, first }, organization);
        return [.. answer.GetProperty("search").EnumerateArray().Select(h => $"{h.GetProperty("kind").GetString()} {h.GetProperty("name").GetString()}")];
    }

    private async Task<List<string>> Zones(string filter, string? organization = null)
    {
        var zones = (await Graph($"{{ partnerZones(first: 10, filter: {filter}) {{ totalCount nodes {{ name }} }} }}", null, organization)).GetProperty("partnerZones");
        List<string> names = [.. zones.GetProperty("nodes").EnumerateArray().Select(z => z.GetProperty("name").GetString()!)];
        Assert.Equal(names.Count, zones.GetProperty("totalCount").GetInt32());
        return names;
    }

    private async Task<JsonElement> Graph(string query, object? variables, string? organization)
    {
        var answer = organization is null ? await Platform.Graph(query, variables) : await Platform.Graph(query, variables, Roles.PartnerAdmin, "partner", organization);
        Assert.False(answer.TryGetProperty("errors", out var errors), $"{errors}\n{Platform.Log.Text}");
        return answer.GetProperty("data");
    }

    private async Task<string> OrganizationId(string name) =>
        (await Platform.Graph($"{{ organization(name: \"{name}\") {{ id }} }}")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString()!;
}
