using System.Text.RegularExpressions;

namespace PartnerPlatform.Web.Tests.Stories;

public sealed class KeyboardStory(PortalFixture portal)
{
    [Fact]
    public async Task Everything_from_search_to_a_decision_goes_by_keyboard_alone()
    {
        await using var window = await portal.OpenAsync("OPERATOR");
        await window.ShownAsync();
        var (page, keys) = (window.Page, window.Page.Keyboard);

        await keys.PressAsync("Control+k");
        await Assertions.Expect(page.Locator("#search-text")).ToBeFocusedAsync();
        await keys.TypeAsync("globex");
        await Assertions.Expect(page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await window.PictureAsync("story-search");
        Assert.Equal("", await window.AxeAsync());
        var hits = await page.GetByRole(AriaRole.Option).AllInnerTextsAsync();
        var zone = hits.ToList().FindIndex(hit => hit.EndsWith("zone", StringComparison.Ordinal));
        for (var i = 1; i <= zone; i++)
        {
            await keys.PressAsync("ArrowDown");
            await Assertions.Expect(page.Locator($"#hit-{i}")).ToHaveAttributeAsync("aria-selected", "true");
        }

        await keys.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/zones/globex$"));
        await window.ShownAsync();

        await TabToAsync(page, "Suspend");
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".effect")).ToContainTextAsync("session");
        await TabToAsync(page, "reason");
        await keys.TypeAsync("a test of patience");
        await ConfirmableAsync(page, "Suspend");
        await TabToAsync(page, "Suspend");
        await keys.PressAsync("Enter");
        await window.SeesAsync("Suspended");

        await TabToAsync(page, "Resume");
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await TabToAsync(page, "reason");
        await keys.TypeAsync("over");
        await ConfirmableAsync(page, "Resume");
        await TabToAsync(page, "Resume");
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".page-title .mark-good")).ToHaveTextAsync("Ready");
    }

    /// <summary>Tab steps over a button that is not enabled yet: a person waits until it is.</summary>
    private static Task ConfirmableAsync(IPage page, string name) => Assertions.Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = name })).ToBeEnabledAsync();

    /// <summary>Tab, as a person would, until the thing of that name or id has the focus.</summary>
    private static async Task TabToAsync(IPage page, string name)
    {
        for (var i = 0; i < 60; i++)
        {
            if (await page.EvaluateAsync<bool>("n => document.activeElement.id === n || document.activeElement.innerText?.trim() === n", name))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"Tab never comes to '{name}'");
    }
}
