using Microsoft.Extensions.DependencyInjection;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Upstream;
using PartnerPlatform.Gateway.Upstream.Sasl;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Access tokens for brokers: when the issuer is asked, and when not.</summary>
public sealed class TokenSourceTests : IAsyncLifetime
{
    private readonly TestIssuer _issuer = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly SteppedTime _time = new();
    private readonly ListLogger _log = new();
    private TokenSource _tokens = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer.Clients["gateway"] = ("right", () => _issuer.Token("gateway", lifetime: _time.GetUtcNow() - DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10), audience: Guid.NewGuid().ToString()));
        await _issuer.StartAsync();
        _tokens = Source("right");
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        await _issuer.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_one_request()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(GetAsync)));
        Assert.Single(tokens.Distinct());
        Assert.Equal(1, _issuer.TokensAsked);
    }

    [Fact]
    public async Task A_token_is_replaced_ahead_of_its_end_and_nobody_waits()
    {
        var first = await GetAsync();
        _time.Pass(TimeSpan.FromMinutes(7.9));
        Assert.Equal(first, await GetAsync());
        Assert.Equal(1, _issuer.TokensAsked);
        _time.Pass(TimeSpan.FromMinutes(0.5));
        Assert.Equal(first, await GetAsync());
        await MatrixFixture.UntilAsync(async () => await GetAsync() != first, "It was not replaced.");
        Assert.Equal(2, _issuer.TokensAsked);
    }

    [Fact]
    public async Task While_the_issuer_is_away_the_last_token_is_used_until_its_end()
    {
        var first = await GetAsync();
        await _issuer.StopAsync();
        _time.Pass(TimeSpan.FromMinutes(9));
        Assert.Equal(first, await GetAsync());
        await MatrixFixture.UntilAsync(() => Task.FromResult(_log.Lines.Count > 0), "The failure was not logged.");
        Assert.Equal(first, await GetAsync());
        _time.Pass(TimeSpan.FromMinutes(2));
        Assert.Contains("gives no token", (await Assert.ThrowsAsync<LoginFailedException>(GetAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_client_is_not_asked_for_again_at_once_and_its_secret_is_not_told()
    {
        using var tokens = Source("wrong-secret-77");
        var failures = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Assert.ThrowsAsync<LoginFailedException>(() => tokens.GetAsync(TestContext.Current.CancellationToken))));
        Assert.All(failures, f => Assert.Contains("answers 401 to client gateway", f.Message, StringComparison.Ordinal));
        await Assert.ThrowsAsync<LoginFailedException>(() => tokens.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, _issuer.TokensAsked);
        _time.Pass(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<LoginFailedException>(() => tokens.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, _issuer.TokensAsked);
        Assert.All(_log.Lines, l => Assert.DoesNotContain("wrong-secret-77", l.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_a_broker_did_not_take_is_not_shown_again()
    {
        var first = await GetAsync();
        _tokens.Forget();
        Assert.NotEqual(first, await GetAsync());
    }

    private Task<string> GetAsync() => _tokens.GetAsync(TestContext.Current.CancellationToken);

    private TokenSource Source(string secret) => new(
        "main", new OAuthBearerOptions(new Uri(_issuer.TokenUrl), "gateway", new Secret(secret), null, new Dictionary<string, string>()), _services.GetRequiredService<IHttpClientFactory>(), _time, _log);
}
