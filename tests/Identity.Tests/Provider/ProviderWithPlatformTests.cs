using System.Net;
using System.Text.Json;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>People of the provider at Identity and Platform together; some others have passwords.</summary>
[Collection(RealPlatform.Collection)]
public sealed class ProviderWithPlatformTests(RealPlatform platform)
{
    private const string Viewer = "{ viewer { name role organization { name } } }";

    private readonly IdentityUnderTest _identity = platform.Identity;

    [Fact]
    public async Task Platform_lets_people_in_as_the_provider_says_and_its_audit_tells_every_change()
    {
        await platform.AskAsOperatorAsync("""mutation { createOrganization(input: { name: "initech", displayName: "Initech", reason: "test" }) { change { id } } }""");
        using var browser = new Browser(_identity.Url);
        var said = AtProvider.Person("ada", "partners");
        await platform.Provider.LogInAsync(browser, said with { Claims = new Dictionary<string, object>(said.Claims) { ["company"] = "initech" } });
        var partner = await new Portal(_identity).TokensAsync(browser);
        Assert.Equal("""{"name":"ada from outside","role":"partner_admin","organization":{"name":"initech"}}""", await ViewerAsync(partner));

        await platform.Provider.LogInAsync(browser, AtProvider.Person("ada", "audit"));

        Assert.Equal("UNAUTHENTICATED", await ViewerAsync(partner));
        var auditor = await new Portal(_identity).TokensAsync(browser);
        Assert.Equal("""{"name":"ada from outside","role":"auditor","organization":null}""", await ViewerAsync(auditor));
        await browser.MustBeRefusedAsync(
            await platform.Provider.LogInAsync(browser, AtProvider.Person("ada", "staff")), "has given you no role here", HttpStatusCode.Forbidden);
        await IdentityUnderTest.UntilAsync(async () => await ViewerAsync(auditor) == "UNAUTHENTICATED", "Platform has heard that the role is lost");
        var id = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(auditor.Access).Subject;
        var history = (await platform.AskAsOperatorAsync($$"""{ user(id: "{{id}}") { name fromProvider history { nodes { event actor reason } } } }""")).ToString();
        Assert.Contains("""{"name":"ada from outside","fromProvider":true,""", history, StringComparison.Ordinal);
        Assert.Contains("""{"event":"person_role_changed","actor":"identity","reason":"role at the identity provider"},{"event":"person_admitted","actor":"identity","reason":"role at the identity provider"}""", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Organisation_that_Platform_does_not_know_lets_nobody_in()
    {
        using var browser = new Browser(_identity.Url);
        var said = AtProvider.Person("early", "partners");

        var next = await platform.Provider.LogInAsync(browser, said with { Claims = new Dictionary<string, object>(said.Claims) { ["company"] = "umbrella" } });

        await browser.MustBeRefusedAsync(next, "which organisation", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Account_with_a_password_is_not_taken_over_by_the_same_address_at_the_provider()
    {
        using var local = new Browser(_identity.Url);
        await JoinAsync(local, "grace@example.com");
        using var outside = new Browser(_identity.Url);

        await platform.Provider.LogInAsync(outside, AtProvider.Person("grace", "audit"));

        Assert.Contains("\"role\":\"auditor\"", await ViewerAsync(await new Portal(_identity).TokensAsync(outside)), StringComparison.Ordinal);
        Assert.Contains("\"role\":\"operator\"", await ViewerAsync(await new Portal(_identity).TokensAsync(local)), StringComparison.Ordinal);
        using var again = new Browser(_identity.Url);
        Assert.Contains("Log in with Example SSO", await again.ReadAsync("/login"), StringComparison.Ordinal);
        using var login = await again.LogInAsync("grace@example.com");
        Assert.Equal("/account", login.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Passwords_are_a_way_in_again_for_as_long_as_the_setting_says_so()
    {
        using var browser = new Browser(_identity.Url);
        await JoinAsync(browser, "break-glass");
        Assert.True(await browser.IsLoggedInAsync());

        await _identity.Process.RestartAsync(new Dictionary<string, string> { ["IDENTITY_LOCAL_PASSWORDS"] = "false" });
        var stillIn = await browser.IsLoggedInAsync();
        await _identity.Process.RestartAsync(new Dictionary<string, string> { ["IDENTITY_LOCAL_PASSWORDS"] = "true" });

        Assert.False(stillIn);
        using var login = await browser.LogInAsync("break-glass");
        Assert.True(await browser.IsLoggedInAsync());
    }

    private async Task JoinAsync(Browser browser, string loginName)
    {
        var answer = await platform.AskAsOperatorAsync("""mutation { inviteUser(input: { role: OPERATOR, reason: "test" }) { code } }""");
        var code = answer.GetProperty("data").GetProperty("inviteUser").GetProperty("code").GetString()!;
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var accepted = await browser.AcceptAsync(code, loginName);
                return accepted.StatusCode == HttpStatusCode.Redirect;
            },
            "the invitation is accepted");
    }

    private async Task<string> ViewerAsync(PersonTokens tokens)
    {
        var answer = await platform.AskAsync(tokens.Access, Viewer);
        return answer.TryGetProperty("errors", out var errors)
            ? errors[0].GetProperty("extensions").GetProperty("code").GetString()!
            : answer.GetProperty("data").GetProperty("viewer").ToString();
    }
}
