using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>One Identity and its provider for the tests of a class.</summary>
public sealed class SharedProvider(TestPostgres postgres) : IAsyncLifetime
{
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

    public static async Task<bool> IsLoggedInAsync(this Browser browser)
    {
        using var answer = await browser.GetAsync("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
