using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Graph;

public sealed class QueryLimitTests
{
    [Fact]
    public async Task The_schema_is_not_told_to_partners_unless_that_is_configured()
    {
        await using var closed = await PlatformUnderTest.Start();
        await closed.Stage();
        Assert.Equal("FORBIDDEN", await CodeAsync(closed, "{ __schema { queryType { name } } }", Roles.PartnerAdmin));
        Assert.Equal("FORBIDDEN", await CodeAsync(closed, """{ __type(name: "Node") { name } }""", Roles.PartnerAdmin));
        Assert.Null(await CodeAsync(closed, "{ __schema { queryType { name } } }", Roles.Operator));
        int[] told = [await FileAsync(closed, null), await FileAsync(closed, Roles.PartnerAdmin), await FileAsync(closed, Roles.Node), await FileAsync(closed, Roles.Auditor)];
        Assert.Equal((int[])[401, 403, 403, 200], told);
        await using var open = await PlatformUnderTest.Start(settings: ("PLATFORM_PARTNER_INTROSPECTION", "true"));
        await open.Stage();
        Assert.Null(await CodeAsync(open, "{ __schema { queryType { name } } }", Roles.PartnerAdmin));
        Assert.Equal(200, await FileAsync(open, Roles.PartnerAdmin));

        static async Task<int> FileAsync(PlatformUnderTest platform, string? role)
        {
            using var answer = await platform.Get("/schema.graphql", role is null ? null : TestIdentity.Token("reader", role));
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_partner_s_query_may_cost_less_than_an_operator_s_and_nobody_s_may_repeat_a_field_without_end()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        const string costly = "{ partnerZones(first: 500) { nodes { name organization { name displayName id } topics { name } virtualClusterName } } }";
        Assert.Null(await CodeAsync(platform, costly, Roles.Operator));
        Assert.Equal("TOO_COMPLEX", await CodeAsync(platform, costly, Roles.PartnerAdmin));
        Assert.Null(await CodeAsync(platform, Aliased(50), Roles.Operator));
        Assert.Equal("TOO_COMPLEX", await CodeAsync(platform, Aliased(51), Roles.Operator));
    }

    private static string Aliased(int count) => $"{{ {string.Join(' ', Enumerable.Range(0, count).Select(i => $"a{i}: physicalClusters(first: 1) {{ nodes {{ name }} }}"))} }}";

    private static async Task<string?> CodeAsync(PlatformUnderTest platform, string query, string role)
    {
        var organization = (await platform.Graph("""{ organization(name: "acme") { id } }""")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString();
        var answer = await platform.Graph(query, null, role, role == Roles.Operator ? "operator" : "acme-admin", role == Roles.Operator ? null : organization);
        return answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null;
    }
}
