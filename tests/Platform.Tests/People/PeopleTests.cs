using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.People;

public sealed class PeopleTests(OnePlatform one) : IClassFixture<OnePlatform>, IAsyncLifetime
{
    private const string Viewer = "{ viewer { subject name role organization { name displayName } } }";
    private string _acme = "";
    private string _globex = "";

    private PlatformUnderTest Platform => one.Platform;

    public async ValueTask InitializeAsync() => (_acme, _globex) = (await OrganizationId("acme"), await OrganizationId("globex"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_invited_person_gets_a_code_and_Identity_its_hash_alone()
    {
        var payload = await Platform.Mutate(
            "inviteUser", new { reason = Scenes.Why, role = "PARTNER_ADMIN", organization = "acme", displayName = "Ada Lovelace" },
            "code expiresAt url user { id name role status organization { name } } change { id }");

        var (user, code) = (payload.GetProperty("user"), payload.GetProperty("code").GetString()!);
        Assert.Equal("Ada Lovelace PARTNER_ADMIN INVITED acme", $"{user.GetProperty("name")} {user.GetProperty("role")} {user.GetProperty("status")} {user.GetProperty("organization").GetProperty("name")}");
        Assert.Equal($"{TestIdentity.Issuer}invitation", payload.GetProperty("url").GetString());
        var entry = (await Platform.Feed(null, Roles.Identity, Roles.Identity)).Entries.Single(e => e.Key == $"person/{user.GetProperty("id")}");
        var document = entry.Content!.Value.Deserialize<PersonDocument>(ContractJson.Options)!;
        Assert.Equal(OneTimeCodes.Hash(code), document.Code!.Hash);
        Assert.Equal(_acme, document.OrganizationId);
        var audit = await Platform.Graph("query($c: String!) { audit(filter: { changeId: $c }) { nodes { event data } } }", new { c = payload.GetProperty("change").GetProperty("id").GetString() });
        Assert.Contains("person_invited", audit.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", audit.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(code, $"{audit}{entry.Content}{Platform.Log.Text}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_is_shown_once()
    {
        var input = new { reason = Scenes.Why, role = "AUDITOR", idempotencyKey = "invite-once" };
        var first = await Platform.Mutate("inviteUser", input, "code user { id }");
        var second = await Platform.Mutate("inviteUser", input, "code user { id }");
        Assert.NotNull(first.GetProperty("code").GetString());
        Assert.Null(second.GetProperty("code").GetString());
        Assert.Equal(first.GetProperty("user").ToString(), second.GetProperty("user").ToString());
        Assert.Null((await Platform.Mutate("inviteUser", new { reason = Scenes.Why, role = "AUDITOR", dryRun = true }, "code")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_viewer_is_a_person_or_a_client()
    {
        var id = await Invite("PARTNER_ADMIN", "acme");
        var person = Data(await Platform.GraphAs(TestIdentity.PersonToken(id, Roles.PartnerAdmin, _acme, "Ada"), Viewer)).GetProperty("viewer");
        Assert.Equal($$$"""{"subject":"{{{id}}}","name":"Ada","role":"partner_admin","organization":{"name":"acme","displayName":"Acme"}}""", person.ToString());
        var client = Data(await Platform.Graph(Viewer, client: "robot")).GetProperty("viewer");
        Assert.Equal("""{"subject":"robot","name":"robot","role":"operator","organization":null}""", client.ToString());
    }

    [Fact]
    public async Task What_a_person_decides_carries_the_persons_id()
    {
        var id = await Invite("OPERATOR");
        var answer = await Platform.GraphAs(
            TestIdentity.PersonToken(id, Roles.Operator), """mutation { createOrganization(input: { name: "by-a-person", reason: "test" }) { organization { history { nodes { actor } } } } }""");
        Assert.Equal(id, Data(answer).GetProperty("createOrganization").GetProperty("organization").GetProperty("history").GetProperty("nodes")[0].GetProperty("actor").GetString());
    }

    [Fact]
    public async Task A_removed_persons_token_is_refused_at_once_and_the_name_is_forgotten()
    {
        var id = await Invite("OPERATOR", name: "Grace");
        var token = TestIdentity.PersonToken(id, Roles.Operator);
        Assert.Null(Code(await Platform.GraphAs(token, Viewer)));

        await Platform.Mutate("removeUser", new { reason = Scenes.Why, user = id }, "user { status }");

        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(token, Viewer)));
        var user = Data(await Platform.Graph($$"""{ user(id: "{{id}}") { name status } }""")).GetProperty("user");
        Assert.Equal("""{"name":null,"status":"REMOVED"}""", user.ToString());
        Assert.DoesNotContain((await Platform.Feed(null, Roles.Identity, Roles.Identity)).Entries, e => e.Key == $"person/{id}");
    }

    [Fact]
    public async Task Tokens_from_before_a_logout_everywhere_are_refused()
    {
        var id = await Invite("OPERATOR");
        var token = TestIdentity.PersonToken(id, Roles.Operator);
        Assert.Null(Code(await Platform.GraphAs(token, Viewer)));

        await Platform.Mutate("endUserSessions", new { reason = Scenes.Why, user = id }, "change { id }");

        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(token, Viewer)));
    }

    [Fact]
    public async Task Tokens_with_a_role_or_organisation_that_was_never_given_are_refused()
    {
        var id = await Invite("PARTNER_ADMIN", "acme");
        Assert.Null(Code(await Platform.GraphAs(TestIdentity.PersonToken(id, Roles.PartnerAdmin, _acme), Viewer)));
        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(TestIdentity.PersonToken(id, Roles.Operator), Viewer)));
        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(TestIdentity.PersonToken(id, Roles.PartnerAdmin, _globex), Viewer)));
        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(TestIdentity.PersonToken("person-nobody", Roles.Operator), Viewer)));
    }

    [Fact]
    public async Task A_removed_clients_token_is_refused_at_once()
    {
        await Platform.Mutate("createClient", new { reason = Scenes.Why, clientId = "short-lived", role = "OPERATOR" }, "change { id }");
        Assert.Null(Code(await Platform.Graph(Viewer, client: "short-lived")));
        await Platform.Mutate("removeClient", new { reason = Scenes.Why, clientId = "short-lived" }, "change { id }");
        Assert.Equal("UNAUTHENTICATED", Code(await Platform.Graph(Viewer, client: "short-lived")));
    }

    [Fact]
    public async Task A_partner_admin_sees_and_removes_the_own_organisations_people_only()
    {
        var (admin, colleague, stranger, staff) = (await Invite("PARTNER_ADMIN", "acme"), await Invite("PARTNER_ADMIN", "acme"), await Invite("PARTNER_ADMIN", "globex"), await Invite("OPERATOR"));
        var token = TestIdentity.PersonToken(admin, Roles.PartnerAdmin, _acme);

        var users = (await Platform.GraphAs(token, "{ users(first: 500) { nodes { id } } }")).ToString();
        Assert.Contains(colleague, users, StringComparison.Ordinal);
        Assert.DoesNotContain(stranger, users, StringComparison.Ordinal);
        Assert.DoesNotContain(staff, users, StringComparison.Ordinal);
        foreach (var other in new[] { stranger, staff, "person-nobody" })
        {
            Assert.Equal("NOT_FOUND", Code(await Platform.GraphAs(token, $$"""{ user(id: "{{other}}") { id } }""")));
            Assert.Equal("NOT_FOUND", Code(await Platform.GraphAs(token, $$"""mutation { removeUser(input: { reason: "x", user: "{{other}}" }) { change { id } } }""")));
            Assert.Equal("NOT_FOUND", Code(await Platform.GraphAs(token, $$"""mutation { renewInvitation(input: { reason: "x", user: "{{other}}" }) { change { id } } }""")));
        }

        Assert.Null(Code(await Platform.GraphAs(token, $$"""mutation { removeUser(input: { reason: "x", user: "{{colleague}}" }) { change { id } } }""")));
    }

    [Fact]
    public async Task A_partner_admin_invites_into_the_own_organisation_only()
    {
        Assert.Null(await Refusal(new { reason = Scenes.Why, role = "PARTNER_ADMIN" }));
        Assert.Null(await Refusal(new { reason = Scenes.Why, role = "PARTNER_ADMIN", organization = "acme" }));
        Assert.Equal("NOT_FOUND", await Refusal(new { reason = Scenes.Why, role = "PARTNER_ADMIN", organization = "globex" }));
        Assert.Equal("FORBIDDEN", await Refusal(new { reason = Scenes.Why, role = "OPERATOR" }));

        Task<string?> Refusal(object input) => Platform.RefusalOf("inviteUser", input, Roles.PartnerAdmin, "p", _acme);
    }

    [Theory]
    [InlineData("resetUserPassword", "")]
    [InlineData("endUserSessions", "")]
    [InlineData("changeUserRole", ", role: OPERATOR")]
    public async Task What_changes_other_peoples_logins_is_for_operators(string mutation, string more)
    {
        var id = await Invite("PARTNER_ADMIN", "acme");
        var query = $$"""mutation { {{mutation}}(input: { reason: "x", user: "{{id}}"{{more}} }) { change { id } } }""";
        Assert.Equal("FORBIDDEN", Code(await Platform.Graph(query, null, Roles.PartnerAdmin, "p", _acme)));
        Assert.Equal("FORBIDDEN", Code(await Platform.Graph(query, null, Roles.Auditor, "a")));
    }

    [Fact]
    public async Task Users_are_filtered_by_role_and_organisation()
    {
        var (auditor, partner) = (await Invite("AUDITOR"), await Invite("PARTNER_ADMIN", "globex"));
        var byRole = (await Platform.Graph("{ users(first: 500, filter: { role: AUDITOR }) { nodes { id } } }")).ToString();
        var byOrganization = (await Platform.Graph("{ users(first: 500, filter: { organization: \"globex\" }) { nodes { id } } }")).ToString();
        Assert.True(byRole.Contains(auditor, StringComparison.Ordinal) && !byRole.Contains(partner, StringComparison.Ordinal));
        Assert.True(byOrganization.Contains(partner, StringComparison.Ordinal) && !byOrganization.Contains(auditor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Identity_tells_names_and_logouts_and_repeats_change_nothing()
    {
        var id = await Invite("OPERATOR", name: "Before");
        var token = TestIdentity.PersonToken(id, Roles.Operator);
        var facts = new PersonFacts(id, "After", DateTimeOffset.UtcNow, null);
        Assert.Equal(204, await Report(facts));
        Assert.Equal("""{"name":"After","status":"ACTIVE"}""", await User(id));
        Assert.Null(Code(await Platform.GraphAs(token, Viewer)));

        var everywhere = facts with { EndedBefore = DateTimeOffset.UtcNow };
        Assert.Equal((204, 204), (await Report(everywhere), await Report(everywhere)));

        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(token, Viewer)));
        var events = Data(await Platform.Graph($$"""{ user(id: "{{id}}") { history { nodes { event actor } } } }""")).GetProperty("user").GetProperty("history").GetProperty("nodes");
        Assert.Equal($$$"""[{"event":"person_sessions_ended","actor":"{{{id}}}"},{"event":"person_invited","actor":"operator"}]""", events.ToString());
    }

    [Fact]
    public async Task A_removed_persons_name_does_not_come_back()
    {
        var id = await Invite("OPERATOR");
        await Platform.Mutate("removeUser", new { reason = Scenes.Why, user = id }, "change { id }");

        Assert.Equal(204, await Report(new PersonFacts(id, "Ghost", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow)));

        Assert.Equal("""{"name":null,"status":"REMOVED"}""", await User(id));
    }

    [Theory]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Auditor)]
    [InlineData(Roles.PartnerAdmin)]
    [InlineData(Roles.Node)]
    [InlineData(Roles.Application)]
    public async Task Only_Identity_tells_of_people(string role) =>
        Assert.Equal(403, await Report(new PersonFacts("person-1", "Nobody", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow), role));

    [Fact]
    public async Task Renewing_is_for_invitations_and_resetting_for_logins()
    {
        var id = await Invite("OPERATOR");
        Assert.Equal("NOT_POSSIBLE_NOW", await Platform.RefusalOf("resetUserPassword", new { reason = Scenes.Why, user = id }));
        Assert.Null(await Platform.RefusalOf("renewInvitation", new { reason = Scenes.Why, user = id }));
        await Report(new PersonFacts(id, "Ada", DateTimeOffset.UtcNow, null));
        Assert.Equal("NOT_POSSIBLE_NOW", await Platform.RefusalOf("renewInvitation", new { reason = Scenes.Why, user = id }));
        var reset = await Platform.Mutate("resetUserPassword", new { reason = Scenes.Why, user = id, validFor = "PT1H" }, "code url expiresAt");
        Assert.Equal($"{TestIdentity.Issuer}reset", reset.GetProperty("url").GetString());
        Assert.InRange(reset.GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(58), DateTimeOffset.UtcNow.AddMinutes(61));
    }

    [Fact]
    public async Task A_changed_role_takes_effect_at_once()
    {
        var id = await Invite("AUDITOR");
        var before = TestIdentity.PersonToken(id, Roles.Auditor);
        Assert.Null(Code(await Platform.GraphAs(before, Viewer)));

        await Platform.Mutate("changeUserRole", new { reason = Scenes.Why, user = id, role = "PARTNER_ADMIN", organization = "acme" }, "user { role }");

        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(before, Viewer)));
        Assert.Contains(id, (await Platform.Graph("{ users(first: 500) { nodes { id } } }", null, Roles.PartnerAdmin, "p", _acme)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_let_in_by_the_identity_provider_is_a_user_whose_role_follows_the_provider()
    {
        var id = $"person-{Guid.NewGuid():N}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Admit(new Admission(id, Roles.Operator, null))));
        Assert.All(answers, answer => Assert.Equal((200, $$"""{"issuedBefore":0}"""), answer));
        var before = TestIdentity.PersonToken(id, Roles.Operator);
        Assert.Null(Code(await Platform.GraphAs(before, Viewer)));

        var (status, _) = await Admit(new Admission(id, Roles.PartnerAdmin, "acme"));

        Assert.Equal(200, status);
        Assert.Equal("UNAUTHENTICATED", Code(await Platform.GraphAs(before, Viewer)));
        var user = Data(await Platform.Graph($$"""{ user(id: "{{id}}") { role fromProvider codeExpiresAt organization { name } history { nodes { actor reason } } } }""")).GetProperty("user").ToString();
        Assert.StartsWith("""{"role":"PARTNER_ADMIN","fromProvider":true,"codeExpiresAt":null,"organization":{"name":"acme"}""", user);
        Assert.Equal(2, user.Split("""{"actor":"identity","reason":"role at the identity provider"}""").Length - 1);
    }

    [Fact]
    public async Task Who_was_removed_is_not_let_in_again_by_the_identity_provider()
    {
        var id = $"person-{Guid.NewGuid():N}";
        await Admit(new Admission(id, Roles.Auditor, null));
        await Platform.Mutate("removeUser", new { reason = Scenes.Why, user = id }, "change { id }");

        var (status, answer) = await Admit(new Admission(id, Roles.Auditor, null));

        Assert.Equal(409, status);
        Assert.Contains("FORBIDDEN", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_identity_lets_people_in_and_only_under_ids_of_its_making()
    {
        Assert.Equal(403, (await Admit(new Admission($"person-{Guid.NewGuid():N}", Roles.Operator, null), Roles.Operator)).Status);
        Assert.Equal(403, (await Admit(new Admission($"person-{Guid.NewGuid():N}", Roles.Operator, null), Roles.Node)).Status);
        Assert.Equal(400, (await Admit(new Admission(await Invite("AUDITOR"), Roles.Operator, null))).Status);
    }

    private async Task<(int Status, string Body)> Admit(Admission admission, string role = Roles.Identity)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Platform.Url) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/people/admissions") { Content = JsonContent.Create(admission, options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestIdentity.Token(role == Roles.Identity ? Roles.Identity : "someone", role));
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> User(string id) => Data(await Platform.Graph($$"""{ user(id: "{{id}}") { name status } }""")).GetProperty("user").ToString();

    private async Task<int> Report(PersonFacts facts, string role = Roles.Identity)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Platform.Url) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/people/facts") { Content = JsonContent.Create<PersonFacts[]>([facts], options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestIdentity.Token(role == Roles.Identity ? Roles.Identity : "someone", role));
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private async Task<string> Invite(string role, string? organization = null, string? name = null) =>
        (await Platform.Mutate("inviteUser", new { reason = Scenes.Why, role, organization, displayName = name }, "user { id }")).GetProperty("user").GetProperty("id").GetString()!;

    private async Task<string> OrganizationId(string name) =>
        Data(await Platform.Graph($"{{ organization(name: \"{name}\") {{ id }} }}")).GetProperty("organization").GetProperty("id").GetString()!;

    private static JsonElement Data(JsonElement answer) => answer.GetProperty("data");

    private static string? Code(JsonElement answer) =>
        answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null;
}
