using System.Text.Json;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.AccessControl;

public sealed class AccessExplanationTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private const string Fields = "allowed rule share binding { principal operation resourceName permission } decision { event reason actor }";

    private PlatformUnderTest Platform => one.Platform;

    [Fact]
    public async Task What_is_allowed_names_the_binding_the_share_and_the_decision()
    {
        await Platform.CreateZone("explained");
        var answer = await Explain("explained", "app", "READ", "orders");
        Assert.Equal((true, "ACL_ALLOWS", "READ"), (Allowed(answer), Rule(answer), answer.GetProperty("share").GetString()));
        Assert.Equal("User:app", answer.GetProperty("binding").GetProperty("principal").GetString());
        Assert.Equal("access_granted", answer.GetProperty("decision").GetProperty("event").GetString());
        Assert.Equal(Scenes.Why, answer.GetProperty("decision").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Each_rule_that_refuses_is_named()
    {
        await Platform.CreateZone("refusing");
        Assert.Equal("SHARE_CEILING", Rule(await Explain("refusing", "app", "WRITE", "orders")));
        Assert.Equal("NOT_SHARED", Rule(await Explain("refusing", "app", "READ", "invoices")));
        Assert.Equal("SUPER_USER", Rule(await Explain("refusing", "refusing-admin", "READ", "orders")));
        Assert.Equal("SHARE_CEILING", Rule(await Explain("refusing", "refusing-admin", "WRITE", "orders")));
        Assert.Equal("DENY_BY_DEFAULT", Rule(await Explain("refusing", "app", "WRITE", "tx-1", "TRANSACTIONAL_ID")));

        await Platform.Mutate("grantAccess", new
        {
            virtualCluster = "refusing",
            reason = "not the night job",
            bindings = new[] { new { resourceType = "TOPIC", resourceName = "ord", patternType = "PREFIXED", principal = "User:app", operation = "READ", permission = "DENY" } },
        }, "change { id }");
        var denied = await Explain("refusing", "app", "READ", "orders");
        Assert.Equal("ACL_DENIES", Rule(denied));
        Assert.Equal("not the night job", denied.GetProperty("decision").GetProperty("reason").GetString());

        await Platform.Mutate("withdrawTopic", new { zone = "refusing", name = "returns", reason = "over" }, "change { id }");
        var withdrawn = await Explain("refusing", "app", "WRITE", "returns");
        Assert.Equal(("NOT_SHARED", "over"), (Rule(withdrawn), withdrawn.GetProperty("decision").GetProperty("reason").GetString()));

        await Platform.Mutate("suspendPartnerZone", new { zone = "refusing", reason = "unpaid" }, "change { id }");
        var suspended = await Explain("refusing", "app", "READ", "orders");
        Assert.Equal(("CLUSTER_SUSPENDED", "unpaid"), (Rule(suspended), suspended.GetProperty("decision").GetProperty("reason").GetString()));
        await Platform.Mutate("resumePartnerZone", new { zone = "refusing", reason = "paid" }, "change { id }");

        await Platform.Mutate("revokeServiceAccount", new { virtualCluster = "refusing", name = "app", reason = "leaked" }, "change { id }");
        var revoked = await Explain("refusing", "app", "READ", "orders");
        Assert.Equal(("ACCOUNT_REVOKED", "leaked"), (Rule(revoked), revoked.GetProperty("decision").GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task The_past_is_answered_as_it_was()
    {
        await Platform.CreateZone("past");
        var before = DateTimeOffset.UtcNow;
        await Platform.Mutate("withdrawTopic", new { zone = "past", name = "orders", reason = "over" }, "change { id }");
        Assert.False(Allowed(await Explain("past", "app", "READ", "orders")));
        var then = await Explain("past", "app", "READ", "orders", at: before);
        Assert.Equal((true, "READ"), (Allowed(then), then.GetProperty("share").GetString()));
    }

    [Fact]
    public async Task A_topic_that_was_renamed_is_explained_by_the_names_that_it_has_and_had()
    {
        await Platform.CreateZone("named");
        var before = DateTimeOffset.UtcNow;
        await Platform.Mutate("renameSharedTopic", new { zone = "named", name = "orders", newName = "sales", keepFormerName = new { unusedFor = "P7D" }, reason = "clearer" }, "change { id }");
        var both = DateTimeOffset.UtcNow;
        Assert.True(Allowed(await Explain("named", "app", "READ", "orders")));
        Assert.True(Allowed(await Explain("named", "app", "READ", "sales")));
        Assert.True(Allowed(await Explain("named", "app", "READ", "orders", at: before)));
        Assert.Equal("NOT_SHARED", Rule(await Explain("named", "app", "READ", "sales", at: before)));

        await Platform.Mutate("endSharedTopicFormerName", new { zone = "named", name = "sales", reason = "over" }, "change { id }");
        Assert.Equal("NOT_SHARED", Rule(await Explain("named", "app", "READ", "orders")));
        Assert.True(Allowed(await Explain("named", "app", "READ", "orders", at: both.ToOffset(TimeSpan.FromHours(2)))));
    }

    [Fact]
    public async Task Only_what_exists_and_may_be_known_of_can_be_asked_about()
    {
        await Platform.CreateZone("foreign", "globex");
        var acme = (await Platform.Graph("{ organization(name: \"acme\") { id } }")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString();
        Assert.Equal("NOT_FOUND", await Code("foreign", "app", "READ", "TOPIC", Roles.PartnerAdmin, acme));
        Assert.Equal("NOT_FOUND", await Code("nothing", "app", "READ", "TOPIC", Roles.PartnerAdmin, acme));
        Assert.Equal("NOT_FOUND", await Code("foreign", "nobody", "READ", "TOPIC", Roles.Auditor, null));
        Assert.Equal("VALIDATION_FAILED", await Code("foreign", "app", "WRITE", "GROUP", Roles.Auditor, null));
    }

    private static bool Allowed(JsonElement answer) => answer.GetProperty("allowed").GetBoolean();

    private static string? Rule(JsonElement answer) => answer.GetProperty("rule").GetString();

    private async Task<JsonElement> Explain(string cluster, string account, string operation, string name, string type = "TOPIC", DateTimeOffset? at = null)
    {
        var answer = await Ask(cluster, account, operation, type, name, at, Roles.Auditor, null);
        Assert.False(answer.TryGetProperty("errors", out var errors), $"{errors}\n{Platform.Log.Text}");
        return answer.GetProperty("data").GetProperty("explainAccess");
    }

    private async Task<string?> Code(string cluster, string account, string operation, string type, string role, string? organization) =>
        (await Ask(cluster, account, operation, type, "orders", null, role, organization)).GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();

    private Task<JsonElement> Ask(string cluster, string account, string operation, string type, string name, DateTimeOffset? at, string role, string? organization) =>
        Platform.Graph($$"""
            query($at: DateTimeOffset) { explainAccess(virtualCluster: "{{cluster}}", serviceAccount: "{{account}}", operation: {{operation}},
              resourceType: {{type}}, resourceName: "{{name}}", at: $at) { {{Fields}} } }
            """, new { at }, role, "somebody", organization);
}
