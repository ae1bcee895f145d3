using System.Net.Http.Json;
using System.Text.Json.Serialization;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>The node's own access token: client credentials, kept until shortly before it expires.</summary>
public sealed class NodeTokens(ControlPlaneOptions options, IHttpClientFactory http, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _single = new(1);
    private string? _token;
    private DateTimeOffset _until;

    /// <exception cref="HttpRequestException">Identity is not reachable, or refuses the node's credentials.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            if (_token is not null && time.GetUtcNow() < _until)
            {
                return _token;
            }

            using var client = http.CreateClient();
            using var form = new FormUrlEncodedContent([
                new("grant_type", "client_credentials"), new("client_id", options.ClientId), new("client_secret", options.ClientSecret)]);
            using var answer = await client.PostAsync(new Uri(options.IdentityUrl, "/connect/token"), form, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HttpRequestException($"Identity answers {(int)answer.StatusCode} to the node's credentials.", null, answer.StatusCode);
            }

            var token = await answer.Content.ReadFromJsonAsync<TokenAnswer>(cancellationToken) ?? throw new HttpRequestException("Identity gave no token.");
            _until = time.GetUtcNow() + TimeSpan.FromSeconds(token.ExpiresIn) - Ahead;
            return _token = token.AccessToken;
        }
        finally
        {
            _single.Release();
        }
    }

    /// <summary>Drops a token that was refused.</summary>
    public void Forget() => _until = DateTimeOffset.MinValue;

    public void Dispose() => _single.Dispose();

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
