using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Commands;

public sealed class CommandRuleTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private PlatformUnderTest Platform => one.Platform;

    private async Task<string?> Organization(string name) =>
        (await Platform.Graph($"{{ organization(name: \"{name}\") {{ id }} }}")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString();

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
    public async Task Same_key_for_another_name_of_a_topic_is_refused()
    {
        await Platform.CreateZone("key-zone");
        object Rename(string newName) => new { reason = Scenes.Why, zone = "key-zone", name = "orders", newName, keepFormerName = new { unusedFor = "P7D" }, idempotencyKey = "k-4" };
        Assert.Null(await Platform.RefusalOf("renameSharedTopic", Rename("sales")));
        Assert.Null(await Platform.RefusalOf("renameSharedTopic", Rename("sales")));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", await Platform.RefusalOf("renameSharedTopic", Rename("revenue")));
    }

    /// <summary>They are left out where two attempts are compared.</summary>
    [Fact]
    public void Only_what_is_generated_has_a_name_that_begins_with_New()
    {
        var names = typeof(Command).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Command)))
            .SelectMany(t => t.GetProperties()).Where(p => p.Name.StartsWith("New", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, p => Assert.Matches("(Id|Secret|Hash)$", p.Name));
    }

    [Fact]
    public async Task A_repeated_command_does_not_show_what_its_caller_may_no_longer_see()
    {
        await Platform.CreateZone("moved-from");
        var acme = await Organization("acme");
        var input = new { reason = Scenes.Why, virtualCluster = "moved-from", name = "mine", idempotencyKey = "k-5" };
        Assert.Null(await Platform.RefusalOf("createServiceAccount", input, Roles.PartnerAdmin, "mover", acme));
        Assert.Null(await Platform.RefusalOf("createServiceAccount", input, Roles.PartnerAdmin, "mover", acme));
        Assert.Equal("NOT_FOUND", await Platform.RefusalOf("createServiceAccount", input, Roles.PartnerAdmin, "mover", await Organization("globex")));
    }

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("half \\ud83d of a pair")]
    [InlineData("\\udd12")]
    public async Task What_is_no_text_is_refused_by_field_and_rule(string escaped)
    {
        AssertRefused(await Platform.Graph($$"""mutation { createOrganization(input: {name: "text", reason: "{{escaped}}"}) { change { id } } }"""), "reason");
        AssertRefused(await Platform.Graph($$"""{ search(text: "{{escaped}}") { __typename } }"""), "text");
        AssertRefused(await Platform.TryMutate("createOrganization", new { name = "text", reason = "a\0b" }, "change { id }"), "input");
        Assert.Null(await Platform.RefusalOf("createOrganization", new { name = $"text-{escaped.Length}", reason = "\ud83d\udd12 a whole pair" }));

        static void AssertRefused(System.Text.Json.JsonElement answer, string field)
        {
            Assert.True(answer.TryGetProperty("errors", out var errors) && errors[0].TryGetProperty("extensions", out _), answer.ToString());
            var told = answer.GetProperty("errors")[0].GetProperty("extensions");
            Assert.Equal(("VALIDATION_FAILED", field, "text"), (told.GetProperty("code").GetString(), told.GetProperty("field").GetString(), told.GetProperty("rule").GetString()));
        }
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
