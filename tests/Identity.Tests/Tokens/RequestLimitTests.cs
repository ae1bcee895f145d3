using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Tokens;

public sealed class RequestLimitTests(TestPostgres postgres)
{
    [Fact]
    public async Task Who_asks_too_often_is_told_to_wait_and_others_are_served()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string> { ["IDENTITY_TOKEN_RATE"] = "1", ["IDENTITY_LOGIN_RATE"] = "1" });
        using var http = new HttpClient();
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add(await identity.AskForTokenAsync("nobody", "nothing"));
        }

        Assert.All(answers.Take(20), a => Assert.Equal(HttpStatusCode.Unauthorized, a.StatusCode));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.Equal("temporarily_unavailable", (await refused[0].Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error").GetString());
        Assert.True(refused[0].Headers.RetryAfter!.Delta > TimeSpan.Zero);

        // What people send has a count of its own, and what is only read has none.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(identity.Url, "login"), TestContext.Current.CancellationToken)).StatusCode);
        var pages = new List<HttpResponseMessage>();
        for (var i = 0; i < 40; i++)
        {
            pages.Add(await http.PostAsync(new Uri(identity.Url, "login"), new FormUrlEncodedContent([]), TestContext.Current.CancellationToken));
        }

        Assert.Equal(HttpStatusCode.BadRequest, pages[0].StatusCode);
        var held = pages.First(p => p.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Contains("Too many requests", await held.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(identity.Url, ".well-known/jwks"), TestContext.Current.CancellationToken)).StatusCode);
    }
}
