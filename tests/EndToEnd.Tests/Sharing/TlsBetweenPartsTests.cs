using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

/// <summary>Identity, Platform, nodes and the portal that reach each other by TLS under an authority of their own, as docs/settings.md says it.</summary>
public sealed class TlsBetweenPartsTests(EmbeddedStack embedded)
{
    [Fact]
    public async Task Partners_are_served_changes_enforced_and_people_shown_around_when_all_parts_speak_TLS()
    {
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        var tls = StackTls.MakeIn(folder);
        await using var stack = await StackUnderTest.StartAsync(embedded.Kafka, tls);
        var login = await stack.Api.NewPartnerAsync("encrypted");
        await using var reader = new RunningReader(stack.Bootstrap, login, "orders");
        await reader.MoreAsync(TimeSpan.FromSeconds(15));
        await Eventually.TrueAsync("each node sees that the other is ready", TimeSpan.FromSeconds(10), async () =>
            (await Clients.LookAsync(stack.Nodes[0].Bootstrap, login)).Brokers.Any(b => stack.Nodes[1].Owns(b.Port)) && (await Clients.LookAsync(stack.Nodes[1].Bootstrap, login)).Brokers.Any(b => stack.Nodes[0].Owns(b.Port)));

        await stack.Api.EnforceAsync("revokeServiceAccount", new { virtualCluster = "encrypted", name = login.Username });

        Assert.Null(await PartnerPlatform.Stack.Kafka.RawSession.TryOpenAsync(stack.Nodes[0], login));
        await AssertPortalShowsAsync(stack, "encrypted");
        await AssertOnlyTlsAsync(stack, tls);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task AssertPortalShowsAsync(StackUnderTest stack, string zone)
    {
        var invitation = (await stack.Api.SendAsync("mutation($input: InviteUserInput!) { inviteUser(input: $input) { code url } }", new { role = "OPERATOR", reason = "test" })).GetProperty("inviteUser");
        await using var portal = await stack.StartPortalAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        // Whom the browser believes is the user's; what is tried here is whom the portal believes.
        var page = await browser.NewPageAsync(new() { IgnoreHTTPSErrors = true });
        await page.GotoAsync(invitation.GetProperty("url").GetString()!);
        await page.FillAsync("#code", invitation.GetProperty("code").GetString()!);
        await page.FillAsync("#loginName", "ada");
        await page.FillAsync("#displayName", "Ada");
        await page.FillAsync("#password", "a whole sentence to remember");
        await page.FillAsync("#repeated", "a whole sentence to remember");
        await page.ClickAsync("button[type=submit]");

        await page.GotoAsync(new Uri(stack.PortalUrl, "zones").AbsoluteUri);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = zone, Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.StartsWith("https:", page.Url, StringComparison.Ordinal);
    }

    /// <summary>Every part, a node's health too: who does not believe in the authority does not get in, nor who speaks without TLS.</summary>
    private static async Task AssertOnlyTlsAsync(StackUnderTest stack, StackTls tls)
    {
        using var friend = new HttpClient(tls.Handler());
        using var stranger = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust } } });
        foreach (var part in stack.Nodes.Select(n => n.Process.Plan.Ready).Append(stack.PlatformUrl).Append(stack.IdentityUrl))
        {
            var live = new Uri(part, "/health/live");
            Assert.Equal(System.Net.HttpStatusCode.OK, (await friend.GetAsync(live, TestContext.Current.CancellationToken)).StatusCode);
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(live, TestContext.Current.CancellationToken));
            Assert.IsType<AuthenticationException>(refused.InnerException);
            await Assert.ThrowsAsync<HttpRequestException>(() => friend.GetAsync(new UriBuilder(live) { Scheme = "http" }.Uri, TestContext.Current.CancellationToken));
        }
    }
}
