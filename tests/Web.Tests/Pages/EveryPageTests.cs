namespace PartnerPlatform.Web.Tests.Pages;

/// <summary>What holds for each page, in both themes; every page leaves its pictures.</summary>
public sealed class EveryPageTests(PortalFixture portal)
{
    public static TheoryData<string, string, string> Pages => new()
    {
        { "OPERATOR", "overview", "/" },
        { "OPERATOR", "zones", "/zones" },
        { "OPERATOR", "zones-none", "/zones?text=nothing-like-that" },
        { "OPERATOR", "zone-topics", "/zones/acme/topics" },
        { "OPERATOR", "zone-applications", "/zones/acme/applications" },
        { "OPERATOR", "zone-history", "/zones/acme/history" },
        { "OPERATOR", "zone-connect", "/zones/acme/connect?language=dotnet&method=oauth" },
        { "OPERATOR", "application", "/zones/acme/applications/acme-app" },
        { "OPERATOR", "new-zone", "/zones/new" },
        { "OPERATOR", "clusters", "/clusters" },
        { "OPERATOR", "cluster", "/clusters/main" },
        { "OPERATOR", "nodes", "/nodes" },
        { "OPERATOR", "access", "/access?zone=acme&application=acme-app&operation=WRITE&type=TOPIC&name=orders" },
        { "OPERATOR", "access-no-time", "/access?zone=acme&application=acme-app&operation=WRITE&type=TOPIC&name=orders&at=yesterday" },
        { "AUDITOR", "audit", "/audit" },
        { "OPERATOR", "not-found", "/zones/nothing" },
        { "ACME", "partner-home", "/" },
        { "ACME", "partner-topics", "/topics" },
        { "ACME", "partner-applications", "/applications" },
        { "ACME", "partner-application", "/applications/acme-app" },
        { "ACME", "partner-activity", "/activity" },
        { "ACME", "partner-connect", "/connect?language=python" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_no_barrier_asks_no_other_host_and_breaks_nothing(string who, string name, string path)
    {
        var found = new List<string>();
        foreach (var width in who == "ACME" ? new[] { 1280, 375 } : [1280])
        {
            var window = await portal.KeptAsync(who, path, width);
            await window.ShownAsync();
            foreach (var theme in new[] { "light", "dark" })
            {
                await window.WearAsync(theme);
                await window.PictureAsync(name);
                found.Add(await window.AxeAsync() is { Length: > 0 } barriers ? $"{theme} {width}\n{barriers}\n" : "");
            }

            Assert.True(await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than {width}");
            Assert.Empty(window.Errors);
            window.AskedNobodyElse();
        }

        Assert.Equal("", string.Concat(found));
    }
}
