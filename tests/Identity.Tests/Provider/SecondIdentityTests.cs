using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>Another Identity as the provider: to it, the first one is its portal.</summary>
public sealed class TwoIdentities(TestPostgres postgres) : IAsyncLifetime
{
    public IdentityUnderTest Provider { get; private set; } = null!;

    public IdentityUnderTest Identity { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var url = IdentityUnderTest.NewUrl();
        Provider = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string> { ["IDENTITY_PORTAL_URL"] = url.AbsoluteUri }, url: OtherHost(IdentityUnderTest.NewUrl()));
        Identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string>
        {
            ["IDENTITY_PROVIDER_ISSUER"] = Provider.Url.AbsoluteUri,
            ["IDENTITY_PROVIDER_CLIENT_ID"] = AccessTokens.PortalClientId,
            ["IDENTITY_PROVIDER_CLIENT_SECRET_FILE"] = Provider.Process.Plan.Environment["IDENTITY_PORTAL_SECRET_FILE"],
            ["IDENTITY_PROVIDER_ROLE_CLAIM"] = AccessTokens.RoleClaim,
            ["IDENTITY_PROVIDER_ROLES"] = "operator=operator;partner_admin=partner_admin:acme",
            ["IDENTITY_PROVIDER_LOGOUT"] = "true",
        }, url: url);
    }

    /// <summary>Cookies know no ports: two of one host would have the same.</summary>
    private static Uri OtherHost(Uri url) => new UriBuilder(url) { Host = "127.0.0.2" }.Uri;

    public async ValueTask DisposeAsync()
    {
        await Identity.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

public sealed class SecondIdentityTests(TwoIdentities two) : IClassFixture<TwoIdentities>
{
    private readonly IdentityUnderTest _identity = two.Identity;
    private readonly IdentityUnderTest _provider = two.Provider;

    [Fact]
    public async Task People_log_in_at_the_other_Identity_and_lose_their_role_here_when_they_lose_it_there()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _provider.JoinAsync(browser.At(_provider), "ada");

        Assert.Equal("/account", await LogInAsync(browser));
        var token = new JsonWebToken((await new Portal(_identity).TokensAsync(browser)).Access);
        Assert.Equal((Roles.Operator, "ada the Person"), (token.GetClaim(AccessTokens.RoleClaim).Value, token.GetClaim(AccessTokens.NameClaim).Value));

        _provider.Platform.Put(person with { Role = Roles.Auditor });
        await IdentityUnderTest.UntilAsync(async () => (await LogInAsync(browser)).StartsWith("/login/refused", StringComparison.Ordinal), "the role is lost");

        await browser.MustBeRefusedAsync("/login/refused?why=NoRole", "has given you no role here", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Logging_out_here_logs_out_there_and_leads_back_to_the_portal()
    {
        using var browser = new Browser(_identity.Url);
        await _provider.JoinAsync(browser.At(_provider), "leaver");
        await LogInAsync(browser);
        var tokens = await new Portal(_identity).TokensAsync(browser);
        var portal = new Uri(IdentityUnderTest.PortalUrl, "signout-callback-oidc").AbsoluteUri;

        using var left = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.Id}&post_logout_redirect_uri={Uri.EscapeDataString(portal)}&state=the-state");
        Assert.Equal("/logout/leaving", left.Headers.Location!.OriginalString);
        Assert.False(await browser.IsLoggedInAsync());
        using var page = await browser.GetAsync("/logout/leaving");
        Assert.Equal("0; url=/logout/provider", page.Headers.GetValues("Refresh").Single());
        using var sent = await browser.GetAsync("/logout/provider");
        Assert.StartsWith(new Uri(_provider.Url, "connect/logout").AbsoluteUri, sent.Headers.Location!.AbsoluteUri);
        using var there = await browser.GetAsync(sent.Headers.Location.AbsoluteUri);
        using var back = await browser.GetAsync(there.Headers.Location!.AbsoluteUri);

        Assert.Equal($"{portal}?state=the-state", back.Headers.Location!.OriginalString);
        using var atProvider = await browser.GetAsync(new Uri(_provider.Url, "account").AbsoluteUri);
        Assert.Equal(HttpStatusCode.Redirect, atProvider.StatusCode);
    }

    [Fact]
    public async Task Page_of_logging_out_at_the_provider_leads_nowhere_by_itself()
    {
        using var browser = new Browser(_identity.Url);

        using var sent = await browser.GetAsync("/logout/provider?target=https://evil.example/");

        Assert.Equal("/logout", sent.Headers.Location!.OriginalString);
    }

    /// <summary>With the session that the browser has at the provider.</summary>
    /// <returns>Where it is sent when it is back.</returns>
    private async Task<string> LogInAsync(Browser browser)
    {
        using var sent = await browser.GetAsync("/login/provider");
        using var there = await browser.GetAsync(sent.Headers.Location!.AbsoluteUri);
        if (!there.Headers.Location!.IsAbsoluteUri)
        {
            // The session there has ended with the role.
            using var again = await browser.At(_provider).LogInAsync("ada", path: there.Headers.Location.OriginalString);
            return "again";
        }

        using var back = await browser.GetAsync(there.Headers.Location.AbsoluteUri);
        return back.Headers.Location!.OriginalString;
    }
}
