using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Commands;

public sealed class CommandRuleTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private PlatformUnderTest Platform => one.Platform;

    [Fact]
    public async Task Same_key_same_answer_and_the_secret_only_once()
    {
        var input = new { reason = Scenes.Why, clientId = "idem", role = "OPERATOR", idempotencyKey = "k-1" };
        var first = await Platform.Mutate("createClient", input, "secret change { id feedNumber version replayed }");
        var second = await Platform.Mutate("createClient", input, "secret client { clientId } change { id feedNumber version replayed }");
        Assert.Equal(64, first.GetProperty("secret").GetString()!.Length);
        Assert.Null(second.GetProperty("secret").GetString());
        Assert.True(second.GetProperty("change").GetProperty("replayed").GetBoolean());
        Assert.Equal(first.GetProperty("change").GetProperty("id").GetString(), second.GetProperty("change").GetProperty("id").GetString());
        Assert.Equal(first.GetProperty("change").GetProperty("feedNumber").GetInt64(), second.GetProperty("change").GetProperty("feedNumber").GetInt64());
        Assert.NotEqual(0, second.GetProperty("change").GetProperty("feedNumber").GetInt64());
        Assert.Equal("idem", second.GetProperty("client").GetProperty("clientId").GetString());
    }

    [Fact]
    public async Task Same_key_at_the_same_time_is_decided_once()
    {
        var input = new { reason = Scenes.Why, name = "idem-org", idempotencyKey = "k-2" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Platform.Mutate("createOrganization", input, "change { id }")));
        Assert.Single(answers.Select(a => a.GetProperty("change").GetProperty("id").GetString()).Distinct());
    }

    [Fact]
    public async Task Same_key_for_something_else_is_refused()
    {
        await Platform.Mutate("createOrganization", new { reason = Scenes.Why, name = "key-a", idempotencyKey = "k-3" }, "change { id }");
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", await Platform.RefusalOf("createOrganization", new { reason = Scenes.Why, name = "key-b", idempotencyKey = "k-3" }));
        Assert.Null(await Platform.RefusalOf("createOrganization", new { reason = Scenes.Why, name = "key-b", idempotencyKey = "k-3" }, client: "someone-else"));
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_effect_and_changes_nothing()
    {
        var input = new { reason = Scenes.Why, name = "dry", dryRun = true };
        var payload = await Platform.Mutate("createOrganization", input, "organization { name } change { feedNumber version }");
        Assert.Equal("dry", payload.GetProperty("organization").GetProperty("name").GetString());
        Assert.Equal(0, payload.GetProperty("change").GetProperty("feedNumber").GetInt64());
        var after = await Platform.Graph("{ organization(name: \"dry\") { id } }");
        Assert.Equal("NOT_FOUND", after.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString());
        Assert.Equal("VALIDATION_FAILED", await Platform.RefusalOf("createOrganization", new { reason = Scenes.Why, name = "NO", dryRun = true }));
    }

    [Fact]
    public async Task A_dry_run_shows_no_secret()
    {
        var payload = await Platform.Mutate("createClient", new { reason = Scenes.Why, clientId = "dry", role = "OPERATOR", dryRun = true }, "secret");
        Assert.Null(payload.GetProperty("secret").GetString());
    }

    [Fact]
    public async Task Another_version_than_expected_is_a_conflict_that_names_it()
    {
        await Platform.CreateZone("versions");
        var answer = await Platform.TryMutate("withdrawTopic", new { reason = Scenes.Why, zone = "versions", name = "orders", expectedVersion = 1 }, "change { id }");
        var extensions = answer.GetProperty("errors")[0].GetProperty("extensions");
        Assert.Equal("VERSION_CONFLICT", extensions.GetProperty("code").GetString());
        Assert.Equal("expectedVersion", extensions.GetProperty("field").GetString());
        var version = extensions.GetProperty("conflictingVersion").GetInt64();
        Assert.Null(await Platform.RefusalOf("withdrawTopic", new { reason = Scenes.Why, zone = "versions", name = "orders", expectedVersion = version }));
    }

    [Fact]
    public async Task A_command_needs_a_reason() =>
        Assert.Equal("VALIDATION_FAILED", await Platform.RefusalOf("createOrganization", new { reason = " ", name = "why" }));

    [Fact]
    public async Task A_removed_clusters_name_is_not_given_again()
    {
        await Platform.Mutate("createVirtualCluster", new { reason = Scenes.Why, name = "gone", kind = "STANDARD" }, "change { id }");
        await Platform.Mutate("removeVirtualCluster", new { reason = Scenes.Why, name = "gone" }, "virtualCluster { removed }");
        Assert.Equal("NAME_TAKEN", await Platform.RefusalOf("createVirtualCluster", new { reason = Scenes.Why, name = "gone", kind = "STANDARD" }));
    }

    [Fact]
    public async Task A_prefix_under_which_topics_exist_is_refused() =>
        Assert.Equal("VALIDATION_FAILED", await Platform.RefusalOf("createVirtualCluster", new { reason = Scenes.Why, name = "sales", kind = "STANDARD" }));

    [Fact]
    public async Task Decisions_tell_who_and_why_and_hold_no_secret()
    {
        var payload = await Platform.Mutate("createClient", new { reason = "for the audit", clientId = "audited", role = "AUDITOR" }, "secret change { id }", client: "alice");
        var change = payload.GetProperty("change").GetProperty("id").GetString();
        var audit = await Platform.Graph("query($c: String!) { audit(filter: { changeId: $c }) { nodes { event actor role reason data } } }", new { c = change });
        var entry = Assert.Single(audit.GetProperty("data").GetProperty("audit").GetProperty("nodes").EnumerateArray());
        Assert.Equal("client_created", entry.GetProperty("event").GetString());
        Assert.Equal("alice", entry.GetProperty("actor").GetString());
        Assert.Equal("operator", entry.GetProperty("role").GetString());
        Assert.Equal("for the audit", entry.GetProperty("reason").GetString());
        Assert.DoesNotContain(payload.GetProperty("secret").GetString()!, entry.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(payload.GetProperty("secret").GetString()!, Platform.Log.Text, StringComparison.Ordinal);
    }
}
