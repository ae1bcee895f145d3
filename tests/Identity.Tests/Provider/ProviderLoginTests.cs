using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>Who comes from the provider, and as what.</summary>
[Collection(SharedProvider.Collection)]
public sealed class ProviderLoginTests(SharedProvider shared)
{
    private const string Operators = "CN=kafka-ops,OU=groups";

    private readonly FakeProvider _provider = shared.Provider;
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Portal_sends_people_through_the_provider_and_gets_tokens_with_the_mapped_role()
    {
        using var browser = new Browser(_identity.Url);
        var portal = new Portal(_identity);
        using var sent = await browser.GetAsync(portal.AuthorizationPath());
        var login = await browser.ReadAsync(sent.Headers.Location!.OriginalString);
        Assert.Contains("Log in with Example SSO", login, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", login, StringComparison.Ordinal);
        var begin = login.Split("href=\"/login/provider?returnUrl=")[1].Split('"')[0];

        var next = await _provider.LogInAsync(browser, AtProvider.Person("ada", "staff", "acme-it"), Uri.UnescapeDataString(begin));

        Assert.StartsWith("/connect/authorize?", next);
        using var back = await browser.GetAsync(next);
        using var answer = await portal.RedeemAsync(Portal.CodeOf(back));
        var tokens = await PersonTokens.ReadAsync(answer);
        var jwt = new JsonWebToken(tokens.Access);
        Assert.Equal(
            (Roles.PartnerAdmin, "organization-acme", "ada from outside"),
            (jwt.GetClaim(AccessTokens.RoleClaim).Value, jwt.GetClaim(AccessTokens.OrganizationClaim).Value, jwt.GetClaim(AccessTokens.NameClaim).Value));
        Assert.Matches("^person-[0-9a-f]{32}$", jwt.Subject);
        var account = await browser.ReadAsync("/account");
        Assert.Contains("Example SSO", account, StringComparison.Ordinal);
        Assert.DoesNotContain("password", account, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("first", "operator", null, Operators, "audit", "acme-it")]
    [InlineData("order", "auditor", null, "acme-it", "audit")]
    [InlineData("one", "partner_admin", "acme", "nothing-of-ours", "acme-it")]
    public async Task First_rule_that_fits_counts(string subject, string role, string? organization, params string[] groups)
    {
        using var browser = new Browser(_identity.Url);

        await _provider.LogInAsync(browser, AtProvider.Person(subject, groups));

        Assert.True(await browser.IsLoggedInAsync());
        Assert.Equal((role, organization), Single(await SubjectAsync(browser)));
    }

    [Fact]
    public async Task Organisation_of_partner_admins_comes_from_its_claim()
    {
        using var browser = new Browser(_identity.Url);
        var said = AtProvider.Person("partner", "partners");

        await _provider.LogInAsync(browser, said with { Claims = new Dictionary<string, object>(said.Claims) { ["company"] = "globex" } });

        Assert.Equal((Roles.PartnerAdmin, "globex"), Single(await SubjectAsync(browser)));
    }

    [Theory]
    [InlineData("several", "acme", "globex")]
    [InlineData("unknown", "initech")]
    [InlineData("none")]
    public async Task Partner_admin_without_one_known_organisation_is_refused(string subject, params string[] companies)
    {
        using var browser = new Browser(_identity.Url);
        var said = AtProvider.Person(subject, "partners");

        var next = await _provider.LogInAsync(browser, said with { Claims = new Dictionary<string, object>(said.Claims) { ["company"] = companies } });

        await browser.MustBeRefusedAsync(next, "which organisation", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("other", "staff", "AUDIT", "audit ")]
    [InlineData("ours", "operator", "auditor")]
    public async Task Who_has_no_mapped_value_is_refused_and_gets_no_session(string subject, params string[] groups)
    {
        using var browser = new Browser(_identity.Url);
        var admitted = _identity.Platform.Admissions.Count;

        var next = await _provider.LogInAsync(browser, AtProvider.Person(subject, groups));

        await browser.MustBeRefusedAsync(next, "has given you no role here", HttpStatusCode.Forbidden);
        Assert.Equal(admitted, _identity.Platform.Admissions.Count);
    }

    [Fact]
    public async Task Role_lost_at_the_provider_ends_what_is_open_and_returns_with_the_role()
    {
        using var before = new Browser(_identity.Url);
        await _provider.LogInAsync(before, AtProvider.Person("leaver", Operators));
        var tokens = await new Portal(_identity).TokensAsync(before);
        using var browser = new Browser(_identity.Url);

        var next = await _provider.LogInAsync(browser, AtProvider.Person("leaver", "staff"));

        await browser.MustBeRefusedAsync(next, "has given you no role here", HttpStatusCode.Forbidden);
        Assert.False(await before.IsLoggedInAsync());
        using var refresh = await new Portal(_identity).RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        await _provider.LogInAsync(browser, AtProvider.Person("leaver", Operators));
        Assert.True(await browser.IsLoggedInAsync());
    }

    [Fact]
    public async Task Role_changed_at_the_provider_is_the_new_one_and_logins_with_the_one_before_end()
    {
        using var before = new Browser(_identity.Url);
        await _provider.LogInAsync(before, AtProvider.Person("changer", Operators));
        using var browser = new Browser(_identity.Url);

        await _provider.LogInAsync(browser, AtProvider.Person("changer", "audit"));

        Assert.False(await before.IsLoggedInAsync());
        Assert.Equal(Roles.Auditor, new JsonWebToken((await new Portal(_identity).TokensAsync(browser)).Access).GetClaim(AccessTokens.RoleClaim).Value);
    }

    [Fact]
    public async Task Same_subject_is_the_same_person_whatever_else_is_said_and_another_subject_is_another()
    {
        using var browser = new Browser(_identity.Url);
        await _provider.LogInAsync(browser, AtProvider.Person("twin", "audit"));
        var first = await SubjectAsync(browser);

        await _provider.LogInAsync(browser, new Said("twin", new Dictionary<string, object> { ["groups"] = "audit", ["name"] = "Renamed", ["email"] = "new@example.com" }));
        var again = await SubjectAsync(browser);
        await _provider.LogInAsync(browser, new Said("other-twin", AtProvider.Person("twin", "audit").Claims));

        Assert.Equal(first, again);
        Assert.NotEqual(first, await SubjectAsync(browser));
    }

    [Fact]
    public async Task Person_whom_an_operator_removed_does_not_come_back()
    {
        using var browser = new Browser(_identity.Url);
        await _provider.LogInAsync(browser, AtProvider.Person("removed", "audit"));
        _identity.Platform.RemovePerson(await SubjectAsync(browser));
        await IdentityUnderTest.UntilAsync(async () => !await browser.IsLoggedInAsync(), "the session has ended");

        var next = await _provider.LogInAsync(browser, AtProvider.Person("removed", "audit"));

        await browser.MustBeRefusedAsync(next, "An operator has removed your access", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/login", "Passwords are not used here")]
    [InlineData("/invitation", "There is no such page")]
    [InlineData("/reset", "There is no such page")]
    public async Task Passwords_are_not_taken(string path, string text)
    {
        using var browser = new Browser(_identity.Url);
        var person = Someone.Invited("local", out var code);
        _identity.Platform.Put(person);
        // A token of a form, as a page that is still there gives it.
        await _provider.LogInAsync(browser, AtProvider.Person("form", "audit"));
        var token = await browser.FormTokenAsync("/logout");

        using var answer = await browser.PostAsync(path, new Dictionary<string, string>
        {
            ["form"] = token, ["code"] = code, ["loginName"] = "local", ["displayName"] = "Local", ["password"] = Someone.Password, ["repeated"] = Someone.Password,
        });

        Assert.Contains(text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/account/password")]
    [InlineData("/account/second-factor")]
    public async Task Pages_about_passwords_are_not_there(string path)
    {
        using var browser = new Browser(_identity.Url);
        await _provider.LogInAsync(browser, AtProvider.Person("pages", "audit"));

        using var answer = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Nothing_secret_is_in_the_log()
    {
        using var browser = new Browser(_identity.Url);
        var sent = await browser.SentOffAsync();
        var back = _provider.Answer(sent, AtProvider.Person("quiet", "audit"));
        using var done = await browser.GetAsync(back);
        using var again = await browser.GetAsync(back);

        var log = _identity.Log;
        Assert.Contains("logged in at the identity provider", log, StringComparison.Ordinal);
        var code = back.Split("code=")[1].Split('&')[0];
        foreach (var secret in new[] { _provider.Secret, code, back.Split("state=")[1], "quiet" })
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        }
    }

    private async Task<string> SubjectAsync(Browser browser) => new JsonWebToken((await new Portal(_identity).TokensAsync(browser)).Access).Subject;

    private (string Role, string? Organization) Single(string id)
    {
        var admission = Assert.Single(_identity.Platform.Admissions, admission => admission.Id == id);
        return (admission.Role, admission.Organization);
    }
}
