using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Razor.Hosting;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Pages;

public sealed class PageTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private static readonly string[] Forms = ["/login", "/invitation", "/reset", "/logout", "/account", "/account/password", "/account/second-factor", "/login/code"];

    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Form_without_its_token_is_refused()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "forged");
        var cookie = browser.SessionCookie;

        foreach (var path in Forms.Concat(["/account?handler=LogOut", "/account?handler=Everywhere", "/account/second-factor?handler=On", "/account/second-factor?handler=Off"]))
        {
            using var answer = await browser.PostAsync(path, [new("loginName", "forged"), new("password", Someone.Password), new("form", "forged")]);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} answered {answer.StatusCode}");
        }

        Assert.Equal(cookie, browser.SessionCookie);
        using var still = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Form_token_of_another_browser_is_refused()
    {
        using var mine = new Browser(_identity.Url);
        using var theirs = new Browser(_identity.Url);
        await _identity.JoinAsync(mine, "own-forms");

        using var answer = await mine.PostAsync("/logout", [new("form", await theirs.FormTokenAsync("/login"))]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example")]
    [InlineData("http:evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/%09/evil.example")]
    [InlineData("\t//evil.example")]
    public async Task Login_leads_to_addresses_of_this_host_only(string returnUrl)
    {
        using var browser = new Browser(_identity.Url);
        var name = $"led-{Guid.NewGuid():n}";
        await _identity.JoinAsync(browser, name);

        using var login = await browser.LogInAsync(name, path: $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(_identity.Url.Authority, new Uri(_identity.Url, login.Headers.Location!).Authority);
    }

    [Fact]
    public async Task Every_answer_carries_strict_headers()
    {
        using var browser = new Browser(_identity.Url);

        foreach (var path in new[] { "/login", "/invitation", "/reset", "/error", "/nowhere", "/connect/authorize", "/.well-known/openid-configuration", "/identity.css" })
        {
            using var answer = await browser.GetAsync(path);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.True(path.EndsWith(".css", StringComparison.Ordinal) || answer.Headers.CacheControl!.NoStore, path);
        }
    }

    [Fact]
    public async Task Pages_need_no_script_and_nothing_from_other_hosts()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "plain");

        foreach (var path in Forms.Append("/error").Append("/nowhere"))
        {
            var page = (await browser.ReadAsync(path)).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).Replace(IdentityUnderTest.PortalUrl.AbsoluteUri, "", StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(" style=", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
            Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Font_and_style_are_served_from_here()
    {
        using var browser = new Browser(_identity.Url);

        foreach (var path in new[] { "/identity.css", "/icon.svg", "/fonts/inter-latin-wght-normal.woff2", "/fonts/inter-latin-ext-wght-normal.woff2" })
        {
            using var answer = await browser.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, path);
        }
    }

    [Fact]
    public async Task Every_page_is_for_who_is_logged_in_but_for_these()
    {
        using var browser = new Browser(_identity.Url);
        var open = new List<string>();

        foreach (var page in AllPages())
        {
            using var answer = await browser.GetAsync(page);
            if (answer.Headers.Location is { } to && new Uri(_identity.Url, to).PathAndQuery.StartsWith("/login?returnUrl=", StringComparison.Ordinal))
            {
                continue;
            }

            open.Add(page);
        }

        Assert.Equal(["/Error", "/Invitation", "/Login", "/Logout", "/Reset", "/login/code", "/login/refused", "/logout/leaving"], open.Order(StringComparer.Ordinal));
    }

    /// <summary>Paths of all pages that are compiled into the program.</summary>
    private static IEnumerable<string> AllPages()
    {
        const string folder = "/Pages";
        return typeof(IdentityOptions).Assembly.GetCustomAttributes<RazorCompiledItemAttribute>()
            .Where(item => item.Kind == "mvc.1.0.razor-page")
            .Select(item => RouteOf(item) ?? Path.ChangeExtension(item.Identifier, null)[folder.Length..])
            .Select(path => path.EndsWith("/Index", StringComparison.Ordinal) ? path[..^"/Index".Length] : path);

        static string? RouteOf(RazorCompiledItemAttribute item) =>
            item.Type.GetCustomAttributes<RazorCompiledItemMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == "RouteTemplate")?.Value;
    }

    [Fact]
    public async Task What_was_typed_comes_back_encoded()
    {
        using var browser = new Browser(_identity.Url);

        using var answer = await browser.LogInAsync("\"><script>alert(1)</script>", "not the password at all");

        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Portal_logs_people_out_with_the_id_token_as_proof()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "out");
        var tokens = await new Portal(_identity).TokensAsync(browser);
        var callback = new Uri(IdentityUnderTest.PortalUrl, "signout-callback-oidc").AbsoluteUri;

        using var answer = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.Id}&post_logout_redirect_uri={Uri.EscapeDataString(callback)}&state=s");

        Assert.Equal($"{callback}?state=s", answer.Headers.Location!.AbsoluteUri);
        using var account = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.Redirect, account.StatusCode);
    }

    [Fact]
    public async Task Log_out_that_leads_nowhere_ends_on_a_page_that_says_so()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "out-here");
        var tokens = await new Portal(_identity).TokensAsync(browser);

        using var answer = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.Id}");

        Assert.Equal("/logout", answer.Headers.Location!.OriginalString);
        Assert.Contains("You are logged out", await browser.ReadAsync("/logout"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_without_proof_asks_before_it_logs_out()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "asked");

        using var answer = await browser.GetAsync("/connect/logout");

        Assert.Equal("/logout", answer.Headers.Location!.OriginalString);
        using var account = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
    }

    [Fact]
    public async Task Log_out_leads_to_the_portals_addresses_only()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "led-out");
        var tokens = await new Portal(_identity).TokensAsync(browser);

        using var answer = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.Id}&post_logout_redirect_uri={Uri.EscapeDataString("http://evil.example/")}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Neither_log_nor_database_holds_what_was_typed()
    {
        using var browser = new Browser(_identity.Url);
        var person = Someone.Invited("quiet", out var code, Roles.Auditor);
        _identity.Platform.Put(person);
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var accepted = await browser.AcceptAsync(code, "quiet", "the needle in the haystack");
                return accepted.StatusCode == HttpStatusCode.Redirect;
            },
            "the invitation is accepted");
        using var wrong = await browser.LogInAsync("quiet", "another needle in there");
        var tokens = await new Portal(_identity).TokensAsync(browser);

        foreach (var needle in new[] { "needle", code, tokens.Refresh, tokens.Access, browser.SessionCookie!, _identity.PortalSecret })
        {
            Assert.DoesNotContain(needle, _identity.Log, StringComparison.Ordinal);
        }

        await using var database = Npgsql.NpgsqlDataSource.Create(_identity.Database);
        await using var command = database.CreateCommand("SELECT string_agg(row_to_json(a)::text, '') FROM identity.accounts a WHERE person_id = 'person-quiet'");
        var row = (string)(await command.ExecuteScalarAsync())!;
        Assert.DoesNotContain("needle", row, StringComparison.Ordinal);
        Assert.DoesNotContain(code, row, StringComparison.Ordinal);
    }
}
