using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Sessions;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Sessions;

public sealed class SessionTests
{
    private static readonly ClientFacts Client = new("10.0.0.7", "orders-reader", "librdkafka", "2.16.0");

    [Fact]
    public async Task Sessions_are_told_to_their_own_organisation_without_the_node_and_counted_as_the_effect_of_a_change()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        await platform.CreateZone("globex", "globex");
        var (app, other) = (await AccountAsync(platform, "acme"), await AccountAsync(platform, "globex"));
        await ReportAsync(platform, Scenes.Facts() with
        {
            Connections = 3,
            Sessions = [Session(1, app), Session(2, app), Session(3, other)],
        });

        const string asked = "{ sessions { nodes { id virtualCluster serviceAccount mechanism address clientSoftwareName bytesOut } } }";
        Assert.Equal(3, Nodes(await platform.Graph(asked)).Count);
        var own = Nodes(await platform.Graph(asked, null, Roles.PartnerAdmin, "acme-admin", await OrganizationAsync(platform, "acme")));
        Assert.Equal(["acme", "acme"], own.Select(s => s.GetProperty("virtualCluster").GetString()));
        Assert.Equal("librdkafka", own[0].GetProperty("clientSoftwareName").GetString());
        Assert.Equal("FORBIDDEN", Code(await platform.Graph("{ sessions { nodes { node } } }", null, Roles.PartnerAdmin, "acme-admin", await OrganizationAsync(platform, "acme"))));
        var page = (await platform.Graph("{ sessions(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } }")).GetProperty("data").GetProperty("sessions");
        Assert.True(page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        Assert.Single(Nodes(await platform.Graph($$"""{ sessions(first: 2, after: "{{page.GetProperty("pageInfo").GetProperty("endCursor").GetString()}}") { nodes { id } } }""")));

        var effect = await platform.Mutate(
            "revokeServiceAccount", new { reason = Scenes.Why, virtualCluster = "acme", name = "app", dryRun = true }, "serviceAccount { revoked } change { effect { sessions nodes applications } }");
        Assert.Equal("""{"sessions":2,"nodes":1,"applications":1}""", effect.GetProperty("change").GetProperty("effect").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
        Assert.False((await platform.Graph("""{ serviceAccount(virtualCluster: "acme", name: "app") { revoked } }""")).GetProperty("data").GetProperty("serviceAccount").GetProperty("revoked").GetBoolean());
    }

    [Fact]
    public async Task A_login_that_is_reported_twice_counts_once_and_alike_ones_are_one_line()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        var facts = Scenes.Facts() with { Logins = [Login(1, "acme", "app", LoginCodes.TokenExpired, 3)] };
        await ReportAsync(platform, facts);
        await ReportAsync(platform, facts);
        await ReportAsync(platform, Scenes.Facts() with { Logins = [Login(2, "acme", "app", LoginCodes.TokenExpired, 4), Login(3, "acme", "app", LoginCodes.Succeeded, 1)] });

        var told = await AttemptsAsync(platform, "acme");

        Assert.Equal(["SUCCEEDED 1", "TOKEN_EXPIRED 7"], told.Select(a => $"{a.GetProperty("code").GetString()} {a.GetProperty("count").GetInt32()}").Order());
        Assert.Equal(7, (await platform.Graph("""{ refusedLogins(since: "2020-01-01T00:00:00Z") }""")).GetProperty("data").GetProperty("refusedLogins").GetInt64());
    }

    [Fact]
    public async Task What_a_client_says_of_itself_keeps_no_node_from_reporting()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        var odd = Session(1, await AccountAsync(platform, "acme")) with { Client = new ClientFacts("10.0.0.1", "nul\0byte", "soft\0ware", "1\0") };

        await ReportAsync(platform, Scenes.Facts("main", null, "sales.orders.v1", "sales.returns.v1", "sales.seen.v1") with { Sessions = [odd], ClusterProblems = [new ClusterProblem("main", "no\0route")] });

        var told = Assert.Single(Nodes(await platform.Graph("{ sessions { nodes { clientSoftwareName } } }")));
        Assert.Equal("software", told.GetProperty("clientSoftwareName").GetString());
    }

    [Fact]
    public async Task An_attempt_without_a_virtual_cluster_is_filed_where_only_one_account_has_that_name_and_else_for_operators()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        await ReportAsync(platform, Scenes.Facts() with { Logins = [Login(1, null, "app", LoginCodes.NotAToken, 1), Login(2, null, "nul\0byte", LoginCodes.NotAToken, 1)] });
        Assert.Equal(["app"], (await AttemptsAsync(platform, "acme")).Select(a => a.GetProperty("serviceAccount").GetString()));

        await platform.CreateZone("globex", "globex");
        await ReportAsync(platform, Scenes.Facts() with { Logins = [Login(3, null, "app", LoginCodes.Malformed, 1)] });
        Assert.DoesNotContain(await AttemptsAsync(platform, "acme"), a => a.GetProperty("code").GetString() == LoginCodes.Malformed);
        var stray = (await platform.Graph("{ strayLoginAttempts { serviceAccount code } }")).GetProperty("data").GetProperty("strayLoginAttempts").EnumerateArray().ToList();
        Assert.Equal(["app", "nulbyte"], stray.Select(a => a.GetProperty("serviceAccount").GetString()).Order());
    }

    [Fact]
    public async Task Whoever_knocks_all_day_hides_nobody_and_fills_no_disk()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        await ReportAsync(platform, Scenes.Facts() with { Logins = [Login(1, "acme", "quiet", LoginCodes.TokenExpired, 1)] });
        for (var batch = 0; batch < 5; batch++)
        {
            await ReportAsync(platform, Scenes.Facts() with
            {
                Logins = [.. Enumerable.Range(0, 200).Select(i => Login(100 + (batch * 200) + i, "acme", "loud", LoginCodes.NotAToken, 1))],
            });
        }

        var deleted = await platform.Services.GetRequiredService<LoginAttempts>().Sweep(TestContext.Current.CancellationToken);

        Assert.Equal(950, deleted);
        Assert.Equal(["loud", "quiet"], (await AttemptsAsync(platform, "acme")).Select(a => a.GetProperty("serviceAccount").GetString()).Order());
    }

    private static LiveSession Session(long id, string account) => new(id, account, "PLAIN", Client, DateTimeOffset.UtcNow, 10, 20);

    private static LoginAttempt Login(long sequence, string? cluster, string account, string code, int count) =>
        new(sequence, DateTimeOffset.UtcNow, cluster, account, "PLAIN", Client, code, count);

    private static async Task ReportAsync(PlatformUnderTest platform, NodeFacts facts)
    {
        using var answer = await platform.Report(facts);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> AccountAsync(PlatformUnderTest platform, string cluster) =>
        (await platform.Graph($$"""{ serviceAccount(virtualCluster: "{{cluster}}", name: "app") { id } }""")).GetProperty("data").GetProperty("serviceAccount").GetProperty("id").GetString()!;

    private static async Task<string> OrganizationAsync(PlatformUnderTest platform, string name) =>
        (await platform.Graph($$"""{ organization(name: "{{name}}") { id } }""")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString()!;

    private static async Task<List<JsonElement>> AttemptsAsync(PlatformUnderTest platform, string cluster) =>
        [.. (await platform.Graph($$"""{ loginAttempts(virtualCluster: "{{cluster}}") { serviceAccount code count since text } }""")).GetProperty("data").GetProperty("loginAttempts").EnumerateArray()];

    private static List<JsonElement> Nodes(JsonElement answer) => [.. answer.GetProperty("data").GetProperty("sessions").GetProperty("nodes").EnumerateArray()];

    private static string? Code(JsonElement answer) => answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();
}
