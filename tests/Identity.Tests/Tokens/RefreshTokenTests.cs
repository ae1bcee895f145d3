using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Tokens;

public sealed class RefreshTokenTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Refresh_gives_new_tokens_and_a_new_refresh_token()
    {
        var (portal, first) = await TokensAsync("refreshing");

        var second = await RefreshAsync(portal, first);
        var third = await RefreshAsync(portal, second);

        Assert.Equal(3, new[] { first.Refresh, second.Refresh, third.Refresh }.Distinct().Count());
        var result = await _identity.ValidateAsync(third.Access, await _identity.KeysAsync());
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("person-refreshing", ((JsonWebToken)result.SecurityToken).Subject);
    }

    [Fact]
    public async Task Refresh_token_that_comes_twice_ends_the_whole_chain()
    {
        var (portal, first) = await TokensAsync("stolen");
        var second = await RefreshAsync(portal, first);

        using var reuse = await portal.RefreshAsync(first.Refresh);

        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(reuse));
        using var newest = await portal.RefreshAsync(second.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(newest));
        Assert.False(await IsActiveAsync(portal, second.Access));
    }

    [Fact]
    public async Task Person_removed_while_tokens_are_refreshed_gets_no_further_one()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "refreshing-on");
        var chains = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new Portal(_identity).TokensAsync(browser)));

        var ends = chains.Select(tokens => Task.Run(async () =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (true)
            {
                limit.Token.ThrowIfCancellationRequested();
                using var answer = await new Portal(_identity).RefreshAsync(tokens.Refresh);
                if (!answer.IsSuccessStatusCode)
                {
                    return await PersonTokens.ErrorAsync(answer);
                }

                tokens = await PersonTokens.ReadAsync(answer);
            }
        })).ToArray();
        _identity.Platform.RemovePerson(person.Id);

        Assert.All(await Task.WhenAll(ends), error => Assert.Equal("invalid_grant", error));
    }

    [Fact]
    public async Task Refresh_token_is_for_the_client_that_got_it()
    {
        var (_, tokens) = await TokensAsync("foreign");
        _identity.Platform.Put(IdentityUnderTest.Client("other", "other-secret-of-thirty-two-characters"));
        await _identity.UntilAsync("client-other", "other-secret-of-thirty-two-characters", served: true);

        using var answer = await _identity.PostAsync("connect/token", new()
        {
            ["grant_type"] = "refresh_token", ["refresh_token"] = tokens.Refresh, ["client_id"] = "client-other", ["client_secret"] = "other-secret-of-thirty-two-characters",
        });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Role_is_the_one_that_the_person_has_by_now()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "promoted", Roles.Auditor);
        var portal = new Portal(_identity);
        var tokens = await portal.TokensAsync(browser);

        _identity.Platform.Put(person with { Role = Roles.Operator });

        await IdentityUnderTest.UntilAsync(
            async () => new JsonWebToken((tokens = await RefreshAsync(portal, tokens)).Access).GetClaim(AccessTokens.RoleClaim).Value == Roles.Operator, "the role has changed");
    }

    [Fact]
    public async Task Revoked_refresh_token_gives_nothing_more_and_revoked_access_token_is_inactive()
    {
        var (portal, tokens) = await TokensAsync("revoking");
        Assert.True(await IsActiveAsync(portal, tokens.Access));

        using var access = await portal.AskAsync("connect/revoke", ("token", tokens.Access));
        using var refresh = await portal.AskAsync("connect/revoke", ("token", tokens.Refresh));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (access.StatusCode, refresh.StatusCode));
        Assert.False(await IsActiveAsync(portal, tokens.Access));
        using var answer = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(answer));
    }

    [Fact]
    public async Task Login_without_offline_access_gets_no_refresh_token()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "brief");
        var portal = new Portal(_identity);
        using var back = await browser.GetAsync(portal.AuthorizationPath(("scope", "openid platform")));

        using var answer = await portal.RedeemAsync(Portal.CodeOf(back));

        Assert.DoesNotContain("refresh_token", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_without_the_platform_scope_is_not_for_Platform()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "narrow");
        var portal = new Portal(_identity);
        using var back = await browser.GetAsync(portal.AuthorizationPath(("scope", "openid offline_access")));

        using var answer = await portal.RedeemAsync(Portal.CodeOf(back));

        var token = (await PersonTokens.ReadAsync(answer)).Access;
        Assert.False((await _identity.ValidateAsync(token, await _identity.KeysAsync())).IsValid);
    }

    private async Task<(Portal Portal, PersonTokens Tokens)> TokensAsync(string name)
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, name);
        var portal = new Portal(_identity);
        return (portal, await portal.TokensAsync(browser));
    }

    private static async Task<PersonTokens> RefreshAsync(Portal portal, PersonTokens tokens)
    {
        using var answer = await portal.RefreshAsync(tokens.Refresh);
        return await PersonTokens.ReadAsync(answer);
    }

    private static async Task<bool> IsActiveAsync(Portal portal, string token)
    {
        using var answer = await portal.AskAsync("connect/introspect", ("token", token));
        return (await answer.Content.ReadAsStringAsync()).Contains("\"active\": true", StringComparison.Ordinal);
    }
}
