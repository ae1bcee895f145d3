using System.Text.Json;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Graph;

public sealed class AccessTests(OnePlatform one) : IClassFixture<OnePlatform>, IAsyncLifetime
{
    private string _acme = "";
    private string _globex = "";

    private PlatformUnderTest Platform => one.Platform;

    public async ValueTask InitializeAsync()
    {
        _acme = await OrganizationId("acme");
        _globex = await OrganizationId("globex");
        if (await Code("{ partnerZone(name: \"acme\") { id } }", Roles.Operator) is not null)
        {
            await Platform.CreateZone();
            await Platform.CreateZone("globex", "globex");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("{ partnerZone(name: \"globex\") { id } }")]
    [InlineData("{ virtualCluster(name: \"globex\") { id } }")]
    [InlineData("{ organization(name: \"globex\") { id } }")]
    [InlineData("{ alias(virtualCluster: \"globex\", name: \"orders\") { id } }")]
    [InlineData("{ serviceAccount(virtualCluster: \"globex\", name: \"app\") { id } }")]
    public async Task A_partner_does_not_know_of_anothers_things(string query)
    {
        Assert.Equal("NOT_FOUND", await Code(query, Roles.PartnerAdmin, _acme));
        Assert.Null(await Code(query, Roles.PartnerAdmin, _globex));
        Assert.Equal("NOT_FOUND", await Code(query, Roles.PartnerAdmin));
        Assert.Equal(await Message(query.Replace("globex", "nobody", StringComparison.Ordinal)), (await Message(query)).Replace("globex", "nobody", StringComparison.Ordinal));

        async Task<string> Message(string q) => (await Platform.Graph(q, null, Roles.PartnerAdmin, "p", _acme)).GetProperty("errors")[0].GetProperty("message").GetString()!;
    }

    [Theory]
    [InlineData("createServiceAccount", """{"virtualCluster":"globex","name":"intruder"}""")]
    [InlineData("revokeServiceAccount", """{"virtualCluster":"globex","name":"app"}""")]
    [InlineData("issueToken", """{"virtualCluster":"globex","serviceAccount":"app"}""")]
    [InlineData("revokeTokens", """{"virtualCluster":"globex","serviceAccount":"app"}""")]
    [InlineData("revokeToken", """{"tokenId":"token-1"}""")]
    [InlineData("grantAccess", """{"virtualCluster":"globex","bindings":[{"resourceType":"TOPIC","resourceName":"*","principal":"User:x","operation":"READ"}]}""")]
    [InlineData("revokeAccess", """{"virtualCluster":"globex","bindings":[{"resourceType":"TOPIC","resourceName":"*","principal":"User:app","operation":"READ"}]}""")]
    public async Task A_partner_cannot_touch_anothers_things(string mutation, string fields)
    {
        var input = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(fields)!;
        input["reason"] = JsonSerializer.SerializeToElement("try");
        Assert.Equal("NOT_FOUND", await Platform.RefusalOf(mutation, input, Roles.PartnerAdmin, "p", _acme));
    }

    [Fact]
    public async Task A_partner_cannot_find_out_what_its_cluster_lies_on()
    {
        Assert.Equal((1, 0), (await Count("", _acme), await Count("physicalCluster: \"main\"", _acme)));
        Assert.True(await Count("physicalCluster: \"main\"", null) > 1);

        async Task<int> Count(string filter, string? organization) =>
            (await Platform.Graph($"{{ virtualClusters(filter: {{{filter}}}) {{ totalCount }} }}", null, organization is null ? Roles.Operator : Roles.PartnerAdmin, "p", organization))
                .GetProperty("data").GetProperty("virtualClusters").GetProperty("totalCount").GetInt32();
    }

    [Fact]
    public async Task Lists_show_a_partner_its_own_only()
    {
        var data = await Platform.Graph("{ partnerZones { nodes { name } } organizations { nodes { name } } virtualClusters { nodes { name aliases { nodes { name } } } } }", null, Roles.PartnerAdmin, "p", _acme);
        var text = data.GetProperty("data").ToString();
        Assert.Contains("acme", text, StringComparison.Ordinal);
        Assert.Contains("orders", text, StringComparison.Ordinal);
        Assert.DoesNotContain("globex", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partner_serves_itself()
    {
        Assert.Null(await Platform.RefusalOf("createServiceAccount", new { reason = Scenes.Why, virtualCluster = "acme", name = "own" }, Roles.PartnerAdmin, "p", _acme));
        Assert.Null(await Platform.RefusalOf("issueToken", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "own" }, Roles.PartnerAdmin, "p", _acme));
    }

    [Theory]
    [InlineData(Roles.Auditor)]
    [InlineData(Roles.PartnerAdmin)]
    [InlineData(Roles.Node)]
    [InlineData(Roles.Identity)]
    [InlineData("nonsense")]
    public async Task Only_operators_decide(string role) =>
        Assert.Equal("FORBIDDEN", await Platform.RefusalOf("createOrganization", new { reason = Scenes.Why, name = "evil" }, role, "p", _acme));

    [Fact]
    public async Task Physical_names_are_not_for_partners() =>
        Assert.Equal("FORBIDDEN", await Code("{ partnerZone(name: \"acme\") { topics { physicalTopic } } }", Roles.PartnerAdmin, _acme));

    [Fact]
    public async Task Bad_tokens_are_refused()
    {
        foreach (var token in new[] { null, "nonsense", TestIdentity.Token("x", Roles.Operator, type: "JWT"), TestIdentity.Token("x", Roles.Operator, minutes: -10) })
        {
            using var answer = await Platform.Get("/graphql?query={organizations{nodes{name}}}", token);
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.Contains("UNAUTHENTICATED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_link_cannot_change_anything()
    {
        using var answer = await Platform.Get("/graphql?query=mutation{createOrganization(input:{reason:\"x\",name:\"y\"}){change{id}}}", TestIdentity.Token("x", Roles.Operator));
        Assert.Contains("BAD_REQUEST", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_deep_or_too_much_is_refused()
    {
        var deep = "organization { partnerZones { nodes { ";
        Assert.Equal("TOO_COMPLEX", await Code($"{{ organizations {{ nodes {{ partnerZones {{ nodes {{ {deep}{deep}{deep} id {string.Concat(Enumerable.Repeat("} } } ", 3))} }} }} }} }} }}", Roles.Operator));
        Assert.Equal("VALIDATION_FAILED", await Code("{ organizations(first: 501) { nodes { id } } }", Roles.Operator));
        Assert.Equal("VALIDATION_FAILED", await Code("{ organizations(after: \"!\") { nodes { id } } }", Roles.Operator));
        Assert.Equal("BAD_REQUEST", await Code("{ nothing }", Roles.Operator));
        Assert.Equal("BAD_REQUEST", await Code("{", Roles.Operator));
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        var first = (await Platform.Graph("{ organizations(first: 1) { nodes { name } pageInfo { hasNextPage endCursor } } }")).GetProperty("data").GetProperty("organizations");
        Assert.True(first.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        var second = (await Platform.Graph("query($a: String) { organizations(first: 1, after: $a) { nodes { name } pageInfo { hasNextPage } } }", new { a = first.GetProperty("pageInfo").GetProperty("endCursor").GetString() })).GetProperty("data").GetProperty("organizations");
        Assert.Equal("acme", first.GetProperty("nodes")[0].GetProperty("name").GetString());
        Assert.Equal("globex", second.GetProperty("nodes")[0].GetProperty("name").GetString());
    }

    private async Task<string> OrganizationId(string name) =>
        (await Platform.Graph($"{{ organization(name: \"{name}\") {{ id }} }}")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString()!;

    private async Task<string?> Code(string query, string role, string? organization = null)
    {
        var answer = await Platform.Graph(query, null, role, "p", organization);
        return answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null;
    }
}
