namespace PartnerPlatform.Web.Tests.Stories;

public sealed class OutageStory(PortalFixture portal)
{
    [Fact]
    public async Task Platform_away_is_said_on_the_open_page_which_comes_back_by_itself()
    {
        await using var window = await portal.OpenAsync("OPERATOR", "/zones");
        await window.ShownAsync();
        var banner = window.Page.Locator(".banner");
        await Assertions.Expect(banner).ToHaveCountAsync(0);
        portal.Stack.Kill("Platform");
        await Assertions.Expect(banner).ToContainTextAsync("Platform cannot be reached", new() { Timeout = 10_000 });
        await window.SeesAsync("acme");
        await window.PictureAsync("story-platform-away");
        Assert.Equal("", await window.AxeAsync());
        await window.Link("Nodes").ClickAsync();
        await window.SeesAsync("DEPENDENCY_UNAVAILABLE");
        await Assertions.Expect(banner).ToHaveCountAsync(0, new() { Timeout = 45_000 });
        await window.SeesAsync("gateway-1");
        await Assertions.Expect(window.Page.GetByText("DEPENDENCY_UNAVAILABLE")).ToHaveCountAsync(0);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Identity_away_stops_nobody_who_is_logged_in()
    {
        await using var window = await portal.OpenAsync("ACME");
        await window.ShownAsync();
        portal.Stack.Kill("Identity");
        await window.Link("Applications").First.ClickAsync();
        await window.SeesAsync("acme-app");
        await window.AtAsync("/connect");
        await window.SeesAsync("Example.java");
        await Assertions.Expect(window.Page.Locator(".banner")).ToHaveCountAsync(0);
        using var http = new HttpClient();
        await Eventually.TrueAsync("Identity is back", TimeSpan.FromSeconds(60), async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri(portal.Stack.Identity, "health/ready"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }
}
