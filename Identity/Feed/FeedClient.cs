using System.Net.Http.Headers;
using System.Net.Http.Json;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Identity.Feed;

/// <summary>Asks Platform for what follows a cursor.</summary>
internal sealed class FeedClient(HttpClient http, FeedToken token)
{
    /// <summary>Above the 25 s for which Platform holds a request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    public async Task<FeedPage> GetAsync(string? after, CancellationToken cancellation)
    {
        var path = after is null ? "feed" : $"feed?after={Uri.EscapeDataString(after)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Issue());
        using var answer = await http.SendAsync(request, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"Platform answered {(int)answer.StatusCode} to GET /feed", null, answer.StatusCode);
        }

        return await answer.Content.ReadFromJsonAsync<FeedPage>(ContractJson.Options, cancellation)
            ?? throw new HttpRequestException("Platform answered GET /feed without a page");
    }
}
