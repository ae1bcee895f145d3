using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Provider;

[Collection(SharedProvider.Collection)]
public sealed class ProviderOutageTests(SharedProvider shared)
{
    private readonly FakeProvider _provider = shared.Provider;
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task While_the_provider_is_away_people_are_told_so_and_who_is_logged_in_stays_so()
    {
        using var inside = new Browser(_identity.Url);
        await _provider.LogInAsync(inside, AtProvider.Person("inside", "audit"));
        using var underWay = new Browser(_identity.Url);
        var back = _provider.Answer(await underWay.SentOffAsync(), AtProvider.Person("under-way", "audit"));
        using var outside = new Browser(_identity.Url);

        await _provider.GoAwayAsync();
        try
        {
            using var interrupted = await underWay.GetAsync(back);
            await underWay.MustBeRefusedAsync(interrupted.Headers.Location!.OriginalString, "Example SSO cannot be reached", HttpStatusCode.ServiceUnavailable);
            await Task.Delay(TimeSpan.FromSeconds(1.1));
            var next = (await outside.SentOffAsync("/account/x")).OriginalString;
            await outside.MustBeRefusedAsync(next, "Example SSO cannot be reached", HttpStatusCode.ServiceUnavailable);
            Assert.Contains("href=\"/login?returnUrl=%2Faccount%2Fx\"", await outside.ReadAsync(next), StringComparison.Ordinal);
            Assert.True(await inside.IsLoggedInAsync());
            await new Portal(_identity).TokensAsync(inside);
            Assert.Equal("Healthy", (await _identity.GetAsync("health/ready")).GetProperty("status").GetString());
        }
        finally
        {
            await _provider.ServeAsync();
        }

        Assert.Equal("/account", await _provider.LogInAsync(outside, AtProvider.Person("outside", "audit")));
    }

    [Fact]
    public async Task While_Platform_is_away_people_come_in_with_what_they_had_and_with_nothing_else()
    {
        using var known = new Browser(_identity.Url);
        await _provider.LogInAsync(known, AtProvider.Person("known", "audit"));

        await _identity.Platform.GoAwayAsync();
        try
        {
            Assert.Equal("/account", await _provider.LogInAsync(known, AtProvider.Person("known", "audit")));
            using var promoted = new Browser(_identity.Url);
            await promoted.MustBeRefusedAsync(
                await _provider.LogInAsync(promoted, AtProvider.Person("known", "CN=kafka-ops,OU=groups")), "Whoever is logged in stays so", HttpStatusCode.ServiceUnavailable);
            // Logged in as what the provider no longer says: over.
            Assert.False(await known.IsLoggedInAsync());
        }
        finally
        {
            await _identity.Platform.ServeAsync();
        }
    }
}
