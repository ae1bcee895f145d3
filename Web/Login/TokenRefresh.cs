using System.Net;
using System.Text.Json.Serialization;
using PartnerPlatform.Web.Configuration;

namespace PartnerPlatform.Web.Login;

/// <param name="Tokens">The new ones; null: none were given.</param>
/// <param name="Refused">True: Identity said no. False without tokens: it could not be asked.</param>
public sealed record RefreshAnswer(LoginTokens? Tokens, bool Refused);

/// <summary>Asks Identity for the next tokens of a login.</summary>
public sealed class TokenRefresh(IHttpClientFactory clients, WebOptions options, TimeProvider time, ILogger<TokenRefresh> log)
{
    public const string Client = "identity";

    private readonly string _secret = options.ReadClientSecret();

    public async Task<RefreshAnswer> Ask(string refreshToken)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = WebOptions.ClientId,
            ["client_secret"] = _secret,
            ["refresh_token"] = refreshToken,
        });
        try
        {
            using var http = clients.CreateClient(Client);
            // Not cancelled with the page that asks: the token is used up once Identity has it.
            using var answer = await http.PostAsync(new Uri(options.Identity, "connect/token"), form);
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
            {
                LoginLog.RefreshRefused(log, (int)answer.StatusCode);
                return new(null, true);
            }

            answer.EnsureSuccessStatusCode();
            var tokens = await answer.Content.ReadFromJsonAsync<TokenAnswer>();
            return new(new(tokens!.AccessToken, tokens.RefreshToken ?? refreshToken, tokens.IdToken, time.GetUtcNow().AddSeconds(tokens.ExpiresIn)), false);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            LoginLog.IdentityAway(log, away.Message);
            return new(null, false);
        }
    }

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("refresh_token")] string? RefreshToken,
        [property: JsonPropertyName("id_token")] string? IdToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}

internal static partial class LoginLog
{
    [LoggerMessage(1, LogLevel.Information, "Identity refused to renew a login ({Status}); the login ends")]
    public static partial void RefreshRefused(ILogger log, int status);

    [LoggerMessage(2, LogLevel.Warning, "Identity cannot be reached to renew a login: {Fault}")]
    public static partial void IdentityAway(ILogger log, string fault);

    [LoggerMessage(3, LogLevel.Warning, "A login was refused: {Fault}")]
    public static partial void LoginFailed(ILogger log, string fault);
}
