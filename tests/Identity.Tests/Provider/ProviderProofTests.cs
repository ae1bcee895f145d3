using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Provider;

/// <summary>What comes back from the provider is believed only with proof.</summary>
[Collection(SharedProvider.Collection)]
public sealed class ProviderProofTests(SharedProvider shared)
{
    private const string NotTrusted = "The login did not come to its end";

    private readonly FakeProvider _provider = shared.Provider;
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Answer_counts_once()
    {
        using var browser = new Browser(_identity.Url);
        var back = _provider.Answer(await browser.SentOffAsync(), AtProvider.Person("once", "audit"));
        var state = browser.Cookies.GetAllCookies().Single(cookie => cookie.Name.StartsWith("partnerplatform_identity_state", StringComparison.Ordinal));
        using var first = await browser.GetAsync(back);
        Assert.True(await browser.IsLoggedInAsync());
        using var thief = new Browser(_identity.Url);
        thief.Cookies.Add(_identity.Url, new Cookie(state.Name, state.Value));
        var asked = _provider.Asked;

        using var again = await thief.GetAsync(back);

        await thief.MustBeRefusedAsync(again.Headers.Location!.OriginalString, NotTrusted, HttpStatusCode.BadRequest);
        Assert.Equal(asked, _provider.Asked);
    }

    [Fact]
    public async Task Answer_for_another_browser_logs_nobody_in()
    {
        using var attacker = new Browser(_identity.Url);
        using var victim = new Browser(_identity.Url);
        var back = _provider.Answer(await attacker.SentOffAsync(), AtProvider.Person("attacker", "audit"));

        using var answer = await victim.GetAsync(back);

        await victim.MustBeRefusedAsync(answer.Headers.Location!.OriginalString, NotTrusted, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Code_of_another_login_is_not_taken()
    {
        using var victim = new Browser(_identity.Url);
        using var attacker = new Browser(_identity.Url);
        var victims = _provider.Answer(await victim.SentOffAsync(), AtProvider.Person("victim", "audit"));
        var attackers = _provider.Answer(await attacker.SentOffAsync(), AtProvider.Person("attacker", "audit"));

        using var answer = await attacker.GetAsync(With(attackers, "code", QueryHelpers.ParseQuery(new Uri(victims).Query)["code"].Single()!));

        await attacker.MustBeRefusedAsync(answer.Headers.Location!.OriginalString, NotTrusted, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("state", null)]
    [InlineData("state", "made-up")]
    [InlineData("code", null)]
    [InlineData("iss", "https://another.example/")]
    public async Task Answer_that_was_tampered_with_is_refused(string parameter, string? value)
    {
        using var browser = new Browser(_identity.Url);
        var back = _provider.Answer(await browser.SentOffAsync(), AtProvider.Person("tampered", "audit"));

        using var answer = await browser.GetAsync(With(back, parameter, value));

        await browser.MustBeRefusedAsync(answer.Headers.Location!.OriginalString, NotTrusted, HttpStatusCode.BadRequest);
    }

    public static TheoryData<string, string, Func<Said, Said>> Unfit => new()
    {
        { "nonce", "'nonce' claim returned", said => said with { Nonce = Base64UrlEncoder.Encode(new byte[32]) } },
        { "issuer", "issuer associated to the specified token is not valid", said => said with { Issuer = "https://another.example/" } },
        { "audience", "cannot be used with this client application", said => said with { Audience = "another-client" } },
        { "signature", "signature associated to the specified token is not valid", said => said with { Forged = true } },
        { "no signature", "signature associated to the specified token is not valid", said => said with { Unsigned = true } },
        { "time", "token is invalid", said => said with { Expired = true } },
    };

    [Theory]
    [MemberData(nameof(Unfit), DisableDiscoveryEnumeration = true)]
    public async Task Token_that_is_not_for_this_login_is_refused(string what, string told, Func<Said, Said> spoil)
    {
        using var browser = new Browser(_identity.Url);
        var before = _identity.Log.Length;

        var next = await _provider.LogInAsync(browser, spoil(AtProvider.Person($"unfit {what}", "audit")));

        await browser.MustBeRefusedAsync(next, NotTrusted, HttpStatusCode.BadRequest);
        await IdentityUnderTest.UntilAsync(() => Task.FromResult(_identity.Log[before..].Contains(told, StringComparison.Ordinal)), $"the log says: {told}");
    }

    [Fact]
    public async Task Person_who_stops_at_the_provider_is_told_so()
    {
        using var browser = new Browser(_identity.Url);
        var back = _provider.Answer(await browser.SentOffAsync(), AtProvider.Person("stops", "audit"));

        using var answer = await browser.GetAsync(With(With(back, "code", null), "error", "access_denied"));

        await browser.MustBeRefusedAsync(answer.Headers.Location!.OriginalString, "did not let you in, or you stopped there", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("evil")]
    public async Task Login_leads_to_addresses_of_this_host_only(string returnUrl)
    {
        using var browser = new Browser(_identity.Url);

        Assert.Equal("/account", await _provider.LogInAsync(browser, AtProvider.Person("sent", "audit"), returnUrl));
    }

    [Fact]
    public async Task Session_is_a_new_one_and_the_one_that_the_browser_had_has_ended()
    {
        using var attacker = new Browser(_identity.Url);
        await _provider.LogInAsync(attacker, AtProvider.Person("planter", "audit"));
        var planted = attacker.SessionCookie!;
        using var victim = new Browser(_identity.Url);
        victim.Cookies.Add(_identity.Url, new Cookie("partnerplatform_identity", planted));

        await _provider.LogInAsync(victim, AtProvider.Person("planted", "audit"));

        Assert.NotEqual(planted, victim.SessionCookie);
        Assert.Contains("planted from outside", await victim.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.False(await attacker.IsLoggedInAsync());
    }

    [Fact]
    public async Task Changed_signing_key_is_found()
    {
        using var browser = new Browser(_identity.Url);
        await _provider.LogInAsync(browser, AtProvider.Person("before", "audit"));

        _provider.RotateKey();

        // A login that begins within a second of the last look meets the keys of that look.
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        Assert.Equal("/account", await _provider.LogInAsync(browser, AtProvider.Person("after", "audit")));
        Assert.Contains("after from outside", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    private static string With(string address, string parameter, string? value)
    {
        var parts = address.Split('?');
        var query = QueryHelpers.ParseQuery(parts[1]).ToDictionary(part => part.Key, part => part.Value.ToString());
        query.Remove(parameter);
        if (value is not null)
        {
            query[parameter] = value;
        }

        return QueryHelpers.AddQueryString(parts[0], query!);
    }
}
