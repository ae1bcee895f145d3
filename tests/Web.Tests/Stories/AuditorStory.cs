namespace PartnerPlatform.Web.Tests.Stories;

public sealed class AuditorStory(PortalFixture portal)
{
    private static readonly string[] Acts = ["New zone", "Suspend", "Resume", "Share", "Withdraw", "Revoke", "Issue", "New application", "Create"];

    [Fact]
    public async Task An_auditor_asks_who_may_what_and_why_and_is_offered_no_act()
    {
        await using var window = await portal.OpenAsync("AUDITOR", "/access");
        var page = window.Page;
        await window.ShownAsync();
        await page.FillAsync("#zone", "acme");
        await page.FillAsync("#application", "acme-app");
        await page.FillAsync("#resource", "orders");
        await window.Button("Ask").ClickAsync();
        await window.SeesAsync("Allowed");
        await window.SeesAsync("ACL_ALLOWS");
        await window.SeesAsync("Access granted");
        Assert.Contains("name=orders", page.Url, StringComparison.Ordinal);
        await window.PictureAsync("story-access-allowed");

        await page.SelectOptionAsync("#operation", "WRITE");
        await window.Button("Ask").ClickAsync();
        await window.SeesAsync("Denied");
        await window.SeesAsync("SHARE_CEILING");
        await window.SeesAsync("Alias created");

        await window.AtAsync("/audit?event=partner_zone_created");
        await window.SeesAsync("Partner zone created");
        await Assertions.Expect(page.GetByText("Token issued")).ToHaveCountAsync(0);

        foreach (var path in new[] { "/", "/zones", "/zones/acme", "/zones/acme/applications", "/zones/acme/applications/acme-app", "/clusters", "/nodes", "/audit" })
        {
            await window.AtAsync(path);
            foreach (var act in Acts)
            {
                Assert.Equal(0, await page.Locator("main").GetByRole(AriaRole.Button, new() { NameRegex = new($"^{act}") }).CountAsync());
            }
        }

        await window.AtAsync("/zones/new");
        await window.SeesAsync("There is no such page");
    }
}
