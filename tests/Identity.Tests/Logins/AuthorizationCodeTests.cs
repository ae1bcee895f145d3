using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Logins;

public sealed class AuthorizationCodeTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Invited_person_logs_in_and_the_portal_gets_tokens_that_say_who_it_is()
    {
        using (var first = new Browser(_identity.Url))
        {
            await _identity.JoinAsync(first, "ada", Roles.PartnerAdmin, "organization-7");
        }

        using var browser = new Browser(_identity.Url);
        var portal = new Portal(_identity);
        using var sentToLogin = await browser.GetAsync(portal.AuthorizationPath());
        Assert.StartsWith("/login?returnUrl=", sentToLogin.Headers.Location!.OriginalString);
        using var loggedIn = await browser.LogInAsync("ADA", path: sentToLogin.Headers.Location.OriginalString);
        Assert.StartsWith("/connect/authorize?", loggedIn.Headers.Location!.OriginalString);
        using var back = await browser.GetAsync(loggedIn.Headers.Location.OriginalString);
        Assert.Contains("state=the-state", back.Headers.Location!.Query, StringComparison.Ordinal);
        using var answer = await portal.RedeemAsync(Portal.CodeOf(back));
        var tokens = await PersonTokens.ReadAsync(answer);

        var access = await _identity.ValidateAsync(tokens.Access, await _identity.KeysAsync());
        Assert.True(access.IsValid, access.Exception?.Message);
        var jwt = (JsonWebToken)access.SecurityToken;
        Assert.Equal(("person-ada", "portal"), (jwt.Subject, jwt.GetClaim(AccessTokens.ClientIdClaim).Value));
        Assert.Equal((Roles.PartnerAdmin, "organization-7"), (jwt.GetClaim(AccessTokens.RoleClaim).Value, jwt.GetClaim(AccessTokens.OrganizationClaim).Value));
        Assert.Equal("ada the Person", jwt.GetClaim(AccessTokens.NameClaim).Value);
        Assert.Equal(TimeSpan.FromMinutes(10), jwt.ValidTo - jwt.IssuedAt);
        var id = new JsonWebToken(tokens.Id);
        Assert.Equal(("person-ada", "portal", "the-nonce"), (id.Subject, id.Audiences.Single(), id.GetClaim("nonce").Value));
        Assert.Equal(
            ("ada the Person", Roles.PartnerAdmin, "organization-7"),
            (id.GetClaim("name").Value, id.GetClaim(AccessTokens.RoleClaim).Value, id.GetClaim(AccessTokens.OrganizationClaim).Value));
        Assert.DoesNotContain(id.Claims.Concat(jwt.Claims), claim => claim.Type == "session");
    }

    [Theory]
    [InlineData("OpenIddictAuthorizations")]
    [InlineData("OpenIddictTokens")]
    public async Task Whoever_is_removed_while_a_code_is_being_made_has_to_log_in(string rows)
    {
        using var browser = new Browser(_identity.Url);
        var name = $"vanishing-{rows.ToLowerInvariant()}";
        await _identity.JoinAsync(browser, name);
        await using (var database = new NpgsqlConnection(_identity.Database))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            await using var remove = new NpgsqlCommand(
                $"""
                CREATE FUNCTION remove_{rows}() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN DELETE FROM identity."{rows}" WHERE "Id" = NEW."Id" AND "Subject" = 'person-{name}'; RETURN NULL; END $$;
                CREATE TRIGGER vanish AFTER INSERT ON identity."{rows}" FOR EACH ROW EXECUTE FUNCTION remove_{rows}();
                """,
                database);
            await remove.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var answer = await browser.GetAsync(new Portal(_identity).AuthorizationPath());

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(Portal.RedirectUri, answer.Headers.Location!.AbsoluteUri);
        Assert.Contains("error=login_required", answer.Headers.Location.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_works_once()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "once");
        var portal = new Portal(_identity);
        var code = await portal.CodeAsync(browser);
        using var first = await portal.RedeemAsync(code);
        var tokens = await PersonTokens.ReadAsync(first);

        using var second = await portal.RedeemAsync(code);

        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(second));
        using var refresh = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
    }

    [Fact]
    public async Task Code_needs_the_verifier_that_it_was_asked_for_with()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "verifier");
        var portal = new Portal(_identity);

        using var answer = await portal.RedeemAsync(await portal.CodeAsync(browser), verifier: new string('x', 43));

        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(answer));
    }

    [Fact]
    public async Task Request_without_a_challenge_or_with_a_plain_one_is_refused()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "pkce");
        var portal = new Portal(_identity);

        using var missing = await browser.GetAsync(portal.AuthorizationPath(("code_challenge", null), ("code_challenge_method", null)));
        using var plain = await browser.GetAsync(portal.AuthorizationPath(("code_challenge_method", "plain")));
        using var unsaid = await browser.GetAsync(portal.AuthorizationPath(("code_challenge_method", null)));

        foreach (var answer in new[] { missing, plain, unsaid })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("code_challenge", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/elsewhere")]
    [InlineData("http://evil.example/signin-oidc")]
    public async Task Codes_go_to_the_portals_address_only(string redirect)
    {
        using var browser = new Browser(_identity.Url);

        using var answer = await browser.GetAsync(new Portal(_identity).AuthorizationPath(("redirect_uri", redirect)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task Request_that_must_not_ask_is_told_that_nobody_is_logged_in()
    {
        using var browser = new Browser(_identity.Url);

        using var answer = await browser.GetAsync(new Portal(_identity).AuthorizationPath(("prompt", "none")));

        Assert.Contains("error=login_required", answer.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_to_log_in_again_is_obeyed_once()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "again");
        var portal = new Portal(_identity);

        using var sent = await browser.GetAsync(portal.AuthorizationPath(("prompt", "login")));
        Assert.StartsWith("/login?", sent.Headers.Location!.OriginalString);
        using (var account = await browser.GetAsync("/account"))
        {
            // Any site can send a browser here: that ends no session.
            Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        }

        using var login = await browser.LogInAsync("again", path: sent.Headers.Location.OriginalString);
        using var back = await browser.GetAsync(login.Headers.Location!.OriginalString);

        Assert.NotEmpty(Portal.CodeOf(back));
    }

    [Fact]
    public async Task Portal_needs_its_secret()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "secret");
        var code = await new Portal(_identity).CodeAsync(browser);

        using var answer = await _identity.PostAsync("connect/token", new()
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Portal.RedirectUri, ["client_id"] = "portal", ["client_secret"] = "guessed", ["code_verifier"] = new string('x', 43),
        });

        Assert.Equal("invalid_client", await PersonTokens.ErrorAsync(answer));
    }
}
