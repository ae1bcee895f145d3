using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Tests.Login;

public sealed class LoginSessionTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 3, 14, 0, 0, TimeSpan.Zero);

    private readonly string _secret = Path.GetTempFileName();
    private readonly Clock _clock = new();
    private readonly IdentityStandIn _identity = new();

    [Fact]
    public async Task Many_pages_at_once_renew_a_login_once()
    {
        var session = Session();
        _clock.Now = Begin.AddMinutes(9.5);
        _identity.Answer = () => Tokens("second", "refresh-2");
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => session.AccessToken(Refresh(), _clock, CancellationToken.None)));
        Assert.All(tokens, token => Assert.Equal("second", token));
        Assert.Equal(["refresh-1"], _identity.Spent);

        _clock.Now = Begin.AddMinutes(19);
        _identity.Answer = () => Tokens("third", "refresh-3");
        Assert.Equal("third", await session.AccessToken(Refresh(), _clock, CancellationToken.None));
        Assert.Equal(["refresh-1", "refresh-2"], _identity.Spent);
    }

    [Fact]
    public async Task A_login_that_Identity_refuses_to_renew_has_ended_for_all_pages()
    {
        var session = Session();
        _clock.Now = Begin.AddMinutes(9.5);
        _identity.Answer = () => new HttpResponseMessage(HttpStatusCode.BadRequest);
        await Assert.ThrowsAsync<LoginEndedException>(() => session.AccessToken(Refresh(), _clock, CancellationToken.None));
        await Assert.ThrowsAsync<LoginEndedException>(() => session.AccessToken(Refresh(), _clock, CancellationToken.None));
        Assert.Single(_identity.Spent);
        Assert.True(session.Ended);
    }

    [Fact]
    public async Task With_Identity_away_a_token_is_used_for_as_long_as_it_is_good()
    {
        var session = Session();
        _identity.Answer = () => throw new HttpRequestException("nobody listens");
        _clock.Now = Begin.AddMinutes(9.5);
        Assert.Equal("first", await session.AccessToken(Refresh(), _clock, CancellationToken.None));
        _clock.Now = Begin.AddMinutes(10.5);
        await Assert.ThrowsAsync<IdentityAwayException>(() => session.AccessToken(Refresh(), _clock, CancellationToken.None));
        _identity.Answer = () => Tokens("second", "refresh-2");
        Assert.Equal("second", await session.AccessToken(Refresh(), _clock, CancellationToken.None));
    }

    [Fact]
    public async Task Of_two_windows_that_come_back_from_Identity_the_second_logs_both_in_anew()
    {
        var sessions = new LoginSessions(_clock);
        var first = Ticket("anna", "first");
        var key = await sessions.StoreAsync(first);
        var replaced = sessions.Find(key)!;

        // The cookie's handler renews what the browser's cookie stands for; it does not ask for a new key.
        var second = Ticket("anna", "second");
        await sessions.RenewAsync(key, second);
        foreach (var page in new[] { first.Principal, second.Principal })
        {
            Assert.Equal("second", await sessions.Find(page)!.AccessToken(Refresh(), _clock, CancellationToken.None));
        }

        Assert.True(replaced.Ended);
        Assert.Empty((await sessions.RetrieveAsync(key))!.Properties.GetTokens());
    }

    [Fact]
    public async Task A_page_does_not_go_on_in_the_name_of_somebody_else()
    {
        var sessions = new LoginSessions(_clock);
        var (anna, bert) = (Ticket("anna", "first"), Ticket("bert", "second"));
        await sessions.RenewAsync(await sessions.StoreAsync(anna), bert);
        Assert.Null(sessions.Find(anna.Principal));
        Assert.NotNull(sessions.Find(bert.Principal));
    }

    [Fact]
    public void A_login_prints_no_token() =>
        Assert.DoesNotContain("secret", $"{new RefreshAnswer(new LoginTokens("secret", "secret", "secret", Begin), false)}", StringComparison.Ordinal);

    public void Dispose()
    {
        File.Delete(_secret);
        _identity.Dispose();
    }

    private static LoginSession Session() => new(
        "key", new AuthenticationTicket(new ClaimsPrincipal(), "test"), new LoginTokens("first", "refresh-1", null, Begin.AddMinutes(10)));

    /// <summary>As it comes back from Identity.</summary>
    private static AuthenticationTicket Ticket(string subject, string token)
    {
        var properties = new AuthenticationProperties();
        properties.StoreTokens(
        [
            new() { Name = "access_token", Value = token }, new() { Name = "refresh_token", Value = $"refresh-of-{token}" },
            new() { Name = "expires_at", Value = Begin.AddMinutes(10).ToString("O", System.Globalization.CultureInfo.InvariantCulture) },
        ]);
        return new(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", subject)], "test")), properties, "test");
    }

    private static HttpResponseMessage Tokens(string access, string refresh) => new(HttpStatusCode.OK)
    {
        Content = new StringContent($$"""{"access_token":"{{access}}","refresh_token":"{{refresh}}","expires_in":600}""", System.Text.Encoding.UTF8, "application/json"),
    };

    private TokenRefresh Refresh() => new(
        _identity, new WebOptions("", new("http://localhost/"), new("http://localhost/"), new("http://localhost/"), _secret, ""), _clock, NullLogger<TokenRefresh>.Instance);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Begin;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Identity's token endpoint, as a message handler: it is away, or says no, when a test wants it.</summary>
    private sealed class IdentityStandIn : HttpMessageHandler, IHttpClientFactory
    {
        public Func<HttpResponseMessage> Answer { get; set; } = () => new HttpResponseMessage(HttpStatusCode.NotFound);

        public List<string> Spent { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken));
            await Task.Delay(20, cancellationToken);
            var answer = Answer();
            Spent.Add(form["refresh_token"].ToString());
            return answer;
        }
    }
}
