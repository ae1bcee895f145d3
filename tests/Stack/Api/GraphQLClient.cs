using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace PartnerPlatform.Stack.Api;

/// <summary>A GraphQL error with its stable code.</summary>
public sealed class RefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>Platform's API as an operator's automation uses it: a token by client credentials, then GraphQL.</summary>
public sealed class GraphQLClient(Uri identity, Uri platform, string clientId, string secret) : IDisposable
{
    /// <summary>Half of the shortest sensible lifetime: nobody here meets an expired token.</summary>
    private static readonly TimeSpan TokenAge = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TokenLimit = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private string? _token;
    private long _tokenAt;

    /// <summary>Waits until Identity knows the client: it hears of it through Platform's feed.</summary>
    public async Task LogInAsync(CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await TryLogInAsync(cancellation))
        {
            if (TimeProvider.System.GetElapsedTime(start) > TokenLimit)
            {
                throw new StackException($"Identity does not know the client {clientId} after {TokenLimit.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
    }

    /// <summary>An access token; null: Identity refuses the client.</summary>
    public async Task<string?> TokenAsync(CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = secret,
        });
        using var answer = await _http.PostAsync(new Uri(identity, "connect/token"), form, cancellation);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("access_token").GetString() : null;
    }

    /// <param name="what">For error texts.</param>
    /// <returns>The <c>data</c>.</returns>
    /// <exception cref="RefusedException">Platform refused.</exception>
    public async Task<JsonElement> SendAsync(string what, string query, object variables, CancellationToken cancellation)
    {
        if (_token is null || TimeProvider.System.GetElapsedTime(_tokenAt) > TokenAge)
        {
            await LogInAsync(cancellation);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(platform, "graphql"))
        {
            Content = JsonContent.Create(new { query, variables }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _token) },
        };
        using var answer = await _http.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!text.StartsWith('{'))
        {
            throw new StackException($"Platform answered {(int)answer.StatusCode} to {what} without JSON.");
        }

        var body = JsonDocument.Parse(text).RootElement;
        if (body.TryGetProperty("errors", out var errors))
        {
            var first = errors[0];
            var code = first.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("code", out var stable) ? stable.GetString() : null;
            throw new RefusedException(code ?? "UNKNOWN", $"{what}: {first.GetProperty("message").GetString()}");
        }

        return body.GetProperty("data");
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> TryLogInAsync(CancellationToken cancellation)
    {
        if (await TokenAsync(cancellation) is not { } token)
        {
            return false;
        }

        (_token, _tokenAt) = (token, TimeProvider.System.GetTimestamp());
        return true;
    }
}
