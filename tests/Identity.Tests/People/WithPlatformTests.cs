using System.Net;
using System.Text.Json;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.People;

/// <summary>Identity and Platform together, each as a process of its own.</summary>
[Collection(RealPlatform.Collection)]
public sealed class WithPlatformTests(RealPlatform platform)
{
    private const string Viewer = "{ viewer { subject name role organization { name displayName } } }";

    private readonly IdentityUnderTest _identity = platform.Identity;

    [Fact]
    public async Task Person_invited_at_Platform_logs_in_at_Identity_and_is_known_to_Platform()
    {
        await platform.AskAsOperatorAsync("""mutation { createOrganization(input: { name: "acme", displayName: "Acme", reason: "test" }) { change { id } } }""");
        using var browser = new Browser(_identity.Url);

        var (id, tokens) = await JoinAsync(browser, "ada", "role: PARTNER_ADMIN, organization: \"acme\"");

        var viewer = (await platform.AskAsync(tokens.Access, Viewer)).GetProperty("data").GetProperty("viewer");
        Assert.Equal($$$"""{"subject":"{{{id}}}","name":"ada the Person","role":"partner_admin","organization":{"name":"acme","displayName":"Acme"}}""", viewer.ToString());
    }

    [Fact]
    public async Task Person_removed_at_Platform_is_out_everywhere()
    {
        using var browser = new Browser(_identity.Url);
        var (id, tokens) = await JoinAsync(browser, "leaving", "role: OPERATOR");

        await platform.AskAsOperatorAsync($$"""mutation { removeUser(input: { user: "{{id}}", reason: "test" }) { change { id } } }""");

        Assert.Equal("UNAUTHENTICATED", Code(await platform.AskAsync(tokens.Access, Viewer)));
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var answer = await browser.GetAsync(new Portal(_identity).AuthorizationPath());
                return answer.Headers.Location!.OriginalString.StartsWith("/login", StringComparison.Ordinal);
            },
            "the session has ended");
        using var refresh = await new Portal(_identity).RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        using var login = await browser.LogInAsync("leaving");
        Assert.Equal(HttpStatusCode.BadRequest, login.StatusCode);
    }

    [Fact]
    public async Task Platform_is_told_of_acceptance_and_name()
    {
        using var browser = new Browser(_identity.Url);
        var (id, _) = await JoinAsync(browser, "told", "role: AUDITOR, displayName: \"Somebody\"");

        await IdentityUnderTest.UntilAsync(async () => await UserAsync(id) == """{"name":"told the Person","status":"ACTIVE"}""", "Platform was told");
    }

    [Fact]
    public async Task Logged_out_everywhere_at_Identity_the_tokens_are_refused_at_Platform()
    {
        using var browser = new Browser(_identity.Url);
        var (_, tokens) = await JoinAsync(browser, "everywhere", "role: OPERATOR");
        Assert.Null(Code(await platform.AskAsync(tokens.Access, Viewer)));

        using var answer = await browser.SubmitAsync("/account", "/account?handler=Everywhere", []);

        await IdentityUnderTest.UntilAsync(async () => Code(await platform.AskAsync(tokens.Access, Viewer)) == "UNAUTHENTICATED", "the token is refused");
    }

    [Fact]
    public async Task Changed_password_leaves_this_browser_with_a_login_that_lasts()
    {
        using var browser = new Browser(_identity.Url);
        var (_, tokens) = await JoinAsync(browser, "lasting", "role: OPERATOR");
        using var changed = await browser.SubmitAsync(
            "/account/password", ("current", Someone.Password), ("password", "another whole sentence to remember"), ("repeated", "another whole sentence to remember"));
        Assert.Equal("/account?done=password", changed.Headers.Location!.OriginalString);
        await IdentityUnderTest.UntilAsync(async () => Code(await platform.AskAsync(tokens.Access, Viewer)) == "UNAUTHENTICATED", "the token from before is refused");

        // Identity hears of its own report again by the feed.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var fresh = await new Portal(_identity).TokensAsync(browser);

        Assert.Null(Code(await platform.AskAsync(fresh.Access, Viewer)));
    }

    [Fact]
    public async Task Password_is_reset_with_a_code_from_Platform()
    {
        using var browser = new Browser(_identity.Url);
        var (id, _) = await JoinAsync(browser, "resetting", "role: OPERATOR");
        await IdentityUnderTest.UntilAsync(async () => (await UserAsync(id)).Contains("ACTIVE", StringComparison.Ordinal), "Platform was told");

        var answer = await platform.AskAsOperatorAsync($$"""mutation { resetUserPassword(input: { user: "{{id}}", reason: "test" }) { code url } }""");
        var reset = answer.GetProperty("data").GetProperty("resetUserPassword");

        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var done = await browser.SubmitAsync(
                    reset.GetProperty("url").GetString()!, ("code", reset.GetProperty("code").GetString()!),
                    ("password", "another whole sentence to remember"), ("repeated", "another whole sentence to remember"));
                return done.StatusCode == HttpStatusCode.Redirect;
            },
            "the password is reset");
        using var login = await browser.LogInAsync("resetting", "another whole sentence to remember");
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
    }

    private async Task<string> UserAsync(string id) =>
        (await platform.AskAsOperatorAsync($$"""{ user(id: "{{id}}") { name status } }""")).GetProperty("data").GetProperty("user").ToString();

    private async Task<(string Id, PersonTokens Tokens)> JoinAsync(Browser browser, string name, string input)
    {
        var answer = await platform.AskAsOperatorAsync($$"""mutation { inviteUser(input: { {{input}}, reason: "test" }) { code url user { id } } }""");
        var invitation = answer.GetProperty("data").GetProperty("inviteUser");
        Assert.Equal(new Uri(_identity.Url, "invitation").AbsoluteUri, invitation.GetProperty("url").GetString());
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var accepted = await browser.AcceptAsync(invitation.GetProperty("code").GetString()!, name);
                return accepted.StatusCode == HttpStatusCode.Redirect;
            },
            "the invitation is accepted");
        return (invitation.GetProperty("user").GetProperty("id").GetString()!, await new Portal(_identity).TokensAsync(browser));
    }

    private static string? Code(JsonElement answer) =>
        answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null;
}
