using System.Text.RegularExpressions;

namespace PartnerPlatform.Web.Tests.Stories;

public sealed partial class NewPartnerStory(PortalFixture portal)
{
    [Fact]
    public async Task An_operator_creates_a_zone_hands_over_Connect_sees_the_client_come_and_cuts_it_off()
    {
        var name = $"initech-{Guid.NewGuid().ToString("N")[..6]}";
        await using var window = await portal.OpenAsync("OPERATOR", "/zones/new");
        var page = window.Page;
        await window.ShownAsync();

        await page.FillAsync("#partner-name", name);
        await page.FillAsync("#partner-display", "Initech");
        await window.Button("Next").ClickAsync();
        await page.FillAsync("#topic-text", "orders");
        await window.Button("Choose sales.orders.v1").ClickAsync();
        await Assertions.Expect(page.GetByLabel("Name of sales.orders.v1 for the partner")).ToHaveValueAsync("orders");

        // Leaving and coming back loses nothing.
        await window.AtAsync("/nodes");
        await window.AtAsync("/zones/new?step=topics");
        await Assertions.Expect(page.GetByLabel("Name of sales.orders.v1 for the partner")).ToHaveValueAsync("orders");
        await window.PictureAsync("story-new-zone-topics");
        await window.Button("Next").ClickAsync();
        await page.FillAsync("#application", "billing");
        await window.Button("Next").ClickAsync();
        await window.SeesAsync("What will exist");
        await page.FillAsync("#zone-reason", "new customer");
        await window.PictureAsync("story-new-zone-review");
        await window.Button("Create the zone").ClickAsync();

        await window.SeesAsync("is shown this once");
        await Assertions.Expect(page.Locator(".receipt .mark-good")).ToContainTextAsync("enforced on 2 of 2 nodes");
        await window.PictureAsync("story-new-zone-result");
        Assert.Equal("", await window.AxeAsync());
        var password = await page.Locator("[data-secret=password]").InnerTextAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Language" }).GetByText("kcat").ClickAsync();
        var snippet = await page.Locator("[data-snippet=kcat]").InnerTextAsync();
        Assert.Contains(password, snippet, StringComparison.Ordinal);

        var bootstrap = Bootstrap().Match(snippet).Groups[1].Value;
        await using var reader = new Reader(bootstrap, "billing", password, "from-initech");
        await reader.ReadsOnAsync("a new partner's client");

        await window.AtAsync($"/zones/{name}");
        await window.Button("Rename orders").ClickAsync();
        await page.FillAsync("#new-name", "orders-v2");
        await window.PictureAsync("story-rename");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await window.ConfirmAsync("Rename", "names of this year");
        await window.SeesAsync("which ends when unused for 7 days");
        await reader.ReadsOnAsync("the client, under the old name");

        await window.AtAsync($"/zones/{name}/applications/billing");
        await window.SeesAsync("from-initech");
        await window.PictureAsync("story-live-session");
        await window.Button("Revoke application").ClickAsync();
        await Assertions.Expect(page.Locator(".effect")).ToContainTextAsync("live session");
        await window.PictureAsync("story-revoke-effect");
        Assert.Equal("", await window.AxeAsync());
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke application" })).ToBeDisabledAsync();
        await window.ConfirmAsync("Revoke application", "contract ended");
        await reader.IsCutOffAsync();
        await Assertions.Expect(page.Locator(".receipt .mark-good").Last).ToContainTextAsync("enforced on 2 of 2 nodes");
        await window.SeesAsync("No client is connected");
        await window.SeesAsync("ACCOUNT_REVOKED");
        await window.PictureAsync("story-revoked");
        Assert.Empty(window.Errors);
        window.AskedNobodyElse();
    }

    [GeneratedRegex("bootstrap.servers=(.+)")]
    private static partial Regex Bootstrap();
}
