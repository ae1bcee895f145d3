using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Logins;

public sealed class SessionTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Session_is_a_new_one_at_every_login_and_the_one_before_it_has_ended()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "fixed");
        var before = browser.SessionCookie!;

        using var login = await browser.LogInAsync("fixed");

        Assert.NotEqual(before, browser.SessionCookie);
        using var planted = new Browser(_identity.Url);
        planted.Cookies.Add(_identity.Url, new Cookie("partnerplatform_identity", before));
        Assert.False(await IsLoggedInAsync(planted));
        Assert.True(await IsLoggedInAsync(browser));
    }

    [Fact]
    public async Task Cookie_that_someone_else_planted_is_not_the_session_of_who_logs_in()
    {
        using var attacker = new Browser(_identity.Url);
        await _identity.JoinAsync(attacker, "attacker");
        await _identity.JoinAsync(new Browser(_identity.Url), "victim");
        using var victim = new Browser(_identity.Url);
        victim.Cookies.Add(_identity.Url, new Cookie("partnerplatform_identity", attacker.SessionCookie!));

        using var login = await victim.LogInAsync("victim");

        Assert.Contains("victim the Person", await victim.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.DoesNotContain("victim", await attacker.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookies_are_kept_from_scripts_and_from_other_sites()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "cookies");

        using var login = await browser.LogInAsync("cookies");

        var session = Assert.Single(login.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("partnerplatform_identity=", StringComparison.Ordinal));
        Assert.Contains("; httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", session, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Log_out_ends_the_session_and_its_refresh_tokens()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "leaver");
        var portal = new Portal(_identity);
        var tokens = await portal.TokensAsync(browser);
        var cookie = browser.SessionCookie!;

        using var answer = await browser.SubmitAsync("/logout");

        using var copied = new Browser(_identity.Url);
        copied.Cookies.Add(_identity.Url, new Cookie("partnerplatform_identity", cookie));
        Assert.False(await IsLoggedInAsync(copied));
        using var refresh = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
    }

    [Fact]
    public async Task Log_out_everywhere_ends_every_session_and_every_refresh_token()
    {
        using var here = new Browser(_identity.Url);
        using var there = new Browser(_identity.Url);
        await _identity.JoinAsync(here, "everywhere");
        using var login = await there.LogInAsync("everywhere");
        var portal = new Portal(_identity);
        var (tokensHere, tokensThere) = (await portal.TokensAsync(here), await portal.TokensAsync(there));

        using var answer = await here.SubmitAsync("/account", "/account?handler=Everywhere", []);

        Assert.False(await IsLoggedInAsync(here));
        Assert.False(await IsLoggedInAsync(there));
        foreach (var tokens in new[] { tokensHere, tokensThere })
        {
            using var refresh = await portal.RefreshAsync(tokens.Refresh);
            Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        }
    }

    [Fact]
    public async Task Log_out_everywhere_at_Platform_ends_what_is_older()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "ended");
        var portal = new Portal(_identity);
        var tokens = await portal.TokensAsync(browser);

        _identity.Platform.Put(person with { IssuedBefore = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1 });

        await IdentityUnderTest.UntilAsync(async () => !await IsLoggedInAsync(browser), "the session has ended");
        using var refresh = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        await Task.Delay(TimeSpan.FromSeconds(1));
        using var login = await browser.LogInAsync("ended");
        Assert.True(await IsLoggedInAsync(browser));
    }

    [Fact]
    public async Task Removed_person_is_logged_out_refreshes_no_token_and_cannot_log_in()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "gone");
        var portal = new Portal(_identity);
        var tokens = await portal.TokensAsync(browser);

        _identity.Platform.RemovePerson(person.Id);

        await IdentityUnderTest.UntilAsync(async () => !await IsLoggedInAsync(browser), "the session has ended");
        using var refresh = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        using var login = await browser.LogInAsync("gone");
        Assert.Contains("Login name or password is wrong.", await login.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var introspection = await portal.AskAsync("connect/introspect", ("token", tokens.Access));
        Assert.Contains("\"active\": false", await introspection.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_without_a_person_removes_the_person()
    {
        await using var identity = await IdentityUnderTest.StartAsync(shared.Postgres);
        using var kept = new Browser(identity.Url);
        using var gone = new Browser(identity.Url);
        var person = await identity.JoinAsync(kept, "kept");
        await identity.JoinAsync(gone, "not-kept");

        identity.Platform.BecomeAnotherDatabase();
        identity.Platform.Put(person);

        await IdentityUnderTest.UntilAsync(async () => !await IsLoggedInAsync(gone), "the session has ended");
    }

    private static async Task<bool> IsLoggedInAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
