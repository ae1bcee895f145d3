using System.Net;

namespace PartnerPlatform.Web.Tests.Pages;

public sealed class LoginTests(PortalFixture portal) : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = portal.Stack.Web };

    [Fact]
    public async Task A_session_is_a_new_key_in_a_cookie_that_scripts_do_not_see_and_no_token_reaches_the_browser()
    {
        // Somebody planted a session before the login.
        await using var window = await portal.BlankAsync();
        await window.Page.Context.AddCookiesAsync([new() { Name = "portal", Value = "planted", Url = portal.Stack.Web.AbsoluteUri }]);
        await window.GoAsync("/");
        await window.LogInAsync(portal.Stack["AUDITOR_USER"], portal.Stack["AUDITOR_PASSWORD"]);
        var cookie = Assert.Single(await window.Page.Context.CookiesAsync([portal.Stack.Web.AbsoluteUri]), c => c.Name == "portal");
        Assert.NotEqual("planted", cookie.Value);
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
        Assert.DoesNotContain("portal=", (await window.Page.EvaluateAsync<string>("document.cookie")).Split("; ").Where(c => !c.StartsWith("portal-theme", StringComparison.Ordinal)));
        var kept = await window.Page.EvaluateAsync<string>("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.documentElement.outerHTML");
        Assert.DoesNotContain("eyJ", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(window.Requests, url => url.Contains("access_token", StringComparison.Ordinal) || url.Contains("eyJ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logging_out_ends_the_other_windows_too_and_asks_for_the_password_again()
    {
        await using var first = await portal.OpenAsync("GLOBEX", fresh: true);
        var second = await first.Page.Context.NewPageAsync();
        await second.GotoAsync("/topics");
        await Assertions.Expect(second.Locator("h1")).ToHaveTextAsync("Topics");
        await first.Button("Log out").ClickAsync();
        await first.Page.Locator("#loginName").WaitForAsync();
        await second.Locator("#loginName").WaitForAsync(new() { Timeout = 10_000 });
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/zones/acme/topics?x=1")]
    public async Task Whoever_is_not_logged_in_is_sent_to_Identity_with_a_challenge(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var target = answer.Headers.Location!;
        Assert.Equal(portal.Stack.Identity.Authority, target.Authority);
        foreach (var part in new[] { "code_challenge_method=S256", "response_type=code", "state=", "nonce=", "client_id=portal" })
        {
            Assert.Contains(part, target.Query, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Other_sites_can_neither_log_in_nor_log_out_nor_send_anybody_away()
    {
        using var forged = await _http.GetAsync(new Uri("/signin-oidc?code=stolen&state=forged", UriKind.Relative));
        Assert.Equal("/login-failed", forged.Headers.Location?.OriginalString);

        var cookies = await Cookies();
        using var logout = new HttpRequestMessage(HttpMethod.Post, "/logout") { Content = new FormUrlEncodedContent([]), Headers = { { "Cookie", cookies } } };
        using var refused = await _http.SendAsync(logout);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var still = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Cookie", cookies } } };
        using var page = await _http.SendAsync(still);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        using var away = await _http.GetAsync(new Uri("/signout-callback-oidc?state=https://evil.example", UriKind.Relative));
        Assert.DoesNotContain("evil.example", away.Headers.Location?.OriginalString ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/login-failed")]
    [InlineData("/css/tokens.css")]
    [InlineData("/health/live")]
    public async Task Every_answer_carries_the_security_headers(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.False(answer.Headers.Contains("Server"));
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> Cookies()
    {
        await using var window = await portal.OpenAsync("AUDITOR");
        return string.Join("; ", (await window.Page.Context.CookiesAsync([portal.Stack.Web.AbsoluteUri])).Select(c => $"{c.Name}={c.Value}"));
    }
}
