using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>The portal's side of the authorization code flow with PKCE.</summary>
public sealed class Portal(IdentityUnderTest identity)
{
    public const string Scopes = "openid profile offline_access platform";

    private readonly string _verifier = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier)));

    public static string RedirectUri => new Uri(IdentityUnderTest.PortalUrl, "signin-oidc").AbsoluteUri;

    /// <summary>Where the portal sends a browser to log in.</summary>
    public string AuthorizationPath(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = "portal",
            ["response_type"] = "code",
            ["redirect_uri"] = RedirectUri,
            ["scope"] = Scopes,
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
            ["state"] = "the-state",
            ["nonce"] = "the-nonce",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return "/connect/authorize?" + string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"));
    }

    /// <summary>The code that a browser with a session brings back.</summary>
    public async Task<string> CodeAsync(Browser browser)
    {
        using var answer = await browser.GetAsync(AuthorizationPath());
        return CodeOf(answer);
    }

    public static string CodeOf(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(RedirectUri, answer.Headers.Location!.AbsoluteUri);
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(answer.Headers.Location.Query)["code"].Single()!;
    }

    public Task<HttpResponseMessage> RedeemAsync(string code, string? verifier = null) => TokenAsync(
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", verifier ?? _verifier));

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    /// <summary>From a browser with a session to tokens.</summary>
    public async Task<PersonTokens> TokensAsync(Browser browser)
    {
        using var answer = await RedeemAsync(await CodeAsync(browser));
        return await PersonTokens.ReadAsync(answer);
    }

    public Task<HttpResponseMessage> AskAsync(string path, params (string Name, string Value)[] fields) => identity.PostAsync(
        path, fields.Append(("client_id", "portal")).Append(("client_secret", identity.PortalSecret)).ToDictionary(field => field.Item1, field => field.Item2));

    private Task<HttpResponseMessage> TokenAsync(params (string Name, string Value)[] fields) => AskAsync("connect/token", fields);
}

public sealed record PersonTokens(string Access, string Id, string Refresh)
{
    public static async Task<PersonTokens> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        var body = JsonDocument.Parse(text).RootElement;
        return new PersonTokens(Text("access_token"), Text("id_token"), Text("refresh_token"));

        string Text(string name) => body.GetProperty(name).GetString()!;
    }

    /// <summary>The OAuth error code of a refusal.</summary>
    public static async Task<string?> ErrorAsync(HttpResponseMessage answer)
    {
        Assert.False(answer.IsSuccessStatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString();
    }
}
