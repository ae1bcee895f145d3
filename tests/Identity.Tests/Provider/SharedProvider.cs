using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>One Identity and its provider for the tests of the collection, one after the other: some make the provider go away.</summary>
[CollectionDefinition(SharedProvider.Collection)]
public sealed class SharedProviderCollection : ICollectionFixture<SharedProvider>;

public sealed class SharedProvider(TestPostgres postgres) : IAsyncLifetime
{
    public const string Collection = "provider";

    public FakeProvider Provider { get; private set; } = null!;

    public IdentityUnderTest Identity { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        Identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string>(Provider.Settings) { ["IDENTITY_LOGIN_RATE"] = "0" });
    }

    public async ValueTask DisposeAsync()
    {
        await Identity.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

public static class AtProvider
{
    public static Said Person(string subject, params string[] groups) =>
        new(subject, new Dictionary<string, object> { ["name"] = $"{subject} from outside", ["email"] = $"{subject}@example.com", ["groups"] = groups });

    /// <summary>Where the browser is sent to, to log in.</summary>
    public static async Task<Uri> SentOffAsync(this Browser browser, string? returnUrl = null)
    {
        using var sent = await browser.GetAsync("/login/provider" + (returnUrl is null ? "" : $"?returnUrl={Uri.EscapeDataString(returnUrl)}"));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        return sent.Headers.Location!;
    }

    /// <returns>Where the browser is sent when it is back.</returns>
    public static async Task<string> LogInAsync(this FakeProvider provider, Browser browser, Said said, string? returnUrl = null)
    {
        using var back = await browser.GetAsync(provider.Answer(await browser.SentOffAsync(returnUrl), said));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        return back.Headers.Location!.OriginalString;
    }

    /// <summary>The browser is sent to a page that says why, and has no session.</summary>
    public static async Task MustBeRefusedAsync(this Browser browser, string next, string text, HttpStatusCode status)
    {
        Assert.StartsWith("/login/refused?why=", next);
        using var page = await browser.GetAsync(next);
        Assert.Equal(status, page.StatusCode);
        Assert.Contains(text, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(browser.SessionCookie);
        Assert.False(await browser.IsLoggedInAsync());
    }

    public static async Task<bool> IsLoggedInAsync(this Browser browser)
    {
        using var answer = await browser.GetAsync("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
