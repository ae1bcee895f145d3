namespace PartnerPlatform.Web.Tests.Stories;

public sealed class RotationStory(PortalFixture portal)
{
    [Fact]
    public async Task A_partner_rotates_a_token_without_an_outage_and_reads_why_the_old_one_is_refused()
    {
        await using var window = await portal.OpenAsync("ACME", "/applications");
        var page = window.Page;
        await window.ShownAsync();
        var name = $"shop-{Guid.NewGuid().ToString("N")[..6]}";
        await window.Button("New application").ClickAsync();
        await page.FillAsync("#application-name", name);
        await window.Button("Create").Last.ClickAsync();
        await window.ConfirmAsync("Create", "the web shop");
        await window.SeesAsync("No token is good");
        await window.PictureAsync("story-new-application");

        var old = await IssueAsync(window, "first token");
        await using var running = new Reader(portal.Stack["BOOTSTRAP"], name, old, "shop-old");
        await running.ReadsOnAsync("the client with the old token");

        var next = await IssueAsync(window, "yearly rotation");
        Assert.NotEqual(old, next);
        await window.PictureAsync("story-rotation");
        await using (var moved = new Reader(portal.Stack["BOOTSTRAP"], name, next, "shop-new"))
        {
            await moved.ReadsOnAsync("the client with the new token");
            await running.ReadsOnAsync("the client with the old token, meanwhile");
            Assert.Empty(running.Problems);
            await window.SeesAsync("shop-old");
            await window.SeesAsync("shop-new");

            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Revoke token-") }).First.ClickAsync();
            await window.ConfirmAsync("Revoke token", "rotated");
            await running.IsCutOffAsync();
            await moved.ReadsOnAsync("the client with the new token, after the old one is gone");
            Assert.Empty(moved.Problems);
        }

        await window.SeesAsync("TOKEN_REVOKED");
        await window.SeesAsync("Issue a new one.");
        await window.PictureAsync("story-refused");
        await window.AtAsync("/activity");
        await window.SeesAsync("TOKEN_REVOKED");
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task A_partner_finds_no_trace_of_another_by_address_or_search()
    {
        await using var window = await portal.OpenAsync("ACME");
        foreach (var path in new[] { "/?zone=globex", "/topics?zone=globex", "/applications?zone=globex", "/activity?zone=globex", "/connect?zone=globex", "/applications/globex-app", "/applications/globex-app?zone=globex" })
        {
            var (foreign, unknown) = (await MainTextAsync(window, path), await MainTextAsync(window, path.Replace("globex", "nothing", StringComparison.Ordinal)));
            Assert.Contains("NOT_FOUND", foreign, StringComparison.Ordinal);
            // Word for word what is said of something that never was.
            Assert.Equal(unknown, foreign.Replace("globex", "nothing", StringComparison.Ordinal));
        }

        foreach (var path in new[] { "/zones", "/zones/globex", "/zones/acme", "/clusters", "/clusters/main", "/nodes", "/audit", "/access", "/zones/new" })
        {
            Assert.Contains("There is no such page", await MainTextAsync(window, path), StringComparison.Ordinal);
        }

        foreach (var text in new[] { "globex", "sales.", "gateway-" })
        {
            await window.AtAsync("/");
            await window.Page.Keyboard.PressAsync("Control+k");
            await window.Page.FillAsync("#search-text", text);
            await window.SeesAsync("Nothing has");
        }
    }

    private static async Task<string> MainTextAsync(Window window, string path)
    {
        await window.AtAsync(path);
        return await window.Page.Locator("main").InnerTextAsync();
    }

    private static async Task<string> IssueAsync(Window window, string reason)
    {
        var shown = window.Page.Locator("[data-secret=password]");
        var before = await shown.CountAsync() == 0 ? "" : await shown.InnerTextAsync();
        await window.Button("Issue a token").ClickAsync();
        await window.ConfirmAsync("Issue token", reason);
        await Assertions.Expect(shown).Not.ToHaveTextAsync(before);
        return await shown.InnerTextAsync();
    }
}
