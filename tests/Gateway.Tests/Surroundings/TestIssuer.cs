using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>An OAuth issuer's keys over HTTP, and access tokens as it would sign them; real RSA keys, and a token endpoint for client credentials.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly int _port = FreePorts.Take();
    private readonly List<RsaSecurityKey> _published = [];
    private WebApplication? _app;
    private int _looks;
    private int _tokensAsked;

    public TestIssuer() => Key = Publish("first");

    public string Url => $"http://127.0.0.1:{_port}/";

    public RsaSecurityKey Key { get; }

    /// <summary>How often the keys were read.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Who may ask for tokens by client credentials: the client's secret, and what it gets.</summary>
    public Dictionary<string, (string Secret, Func<string> Token)> Clients { get; } = [];

    public string TokenUrl => Url + "token";

    /// <summary>How often a token was asked for.</summary>
    public int TokensAsked => Volatile.Read(ref _tokensAsked);

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    public RsaSecurityKey Publish(string id)
    {
        var key = NewKey(id);
        lock (_published)
        {
            _published.Add(key);
        }

        return key;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        _app = builder.Build();
        _app.MapGet("/.well-known/jwks", () =>
        {
            Interlocked.Increment(ref _looks);
            lock (_published)
            {
                return Results.Json(new { keys = _published.ConvertAll(Public) });
            }
        });
        _app.MapPost("/token", (HttpRequest request) =>
        {
            Interlocked.Increment(ref _tokensAsked);
            var basic = System.Net.Http.Headers.AuthenticationHeaderValue.Parse(request.Headers.Authorization.ToString());
            var credentials = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(basic.Parameter!)).Split(':', 2);
            return request.Form["grant_type"] == "client_credentials" && Clients.TryGetValue(credentials[0], out var client) && client.Secret == credentials[1]
                ? Results.Json(new { access_token = client.Token(), token_type = "Bearer", expires_in = 3600 })
                : Results.Json(new { error = "invalid_client" }, statusCode: 401);
        });
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public string Token(
        string subject, TimeSpan? lifetime = null, SecurityKey? key = null, string? issuer = null, string audience = GatewayTokens.Audience, string type = "at+jwt",
        string algorithm = SecurityAlgorithms.RsaSha256, TimeSpan? age = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Issuer = issuer ?? Url,
            Audience = audience,
            IssuedAt = DateTime.UtcNow - (age ?? TimeSpan.Zero),
            Expires = DateTime.UtcNow + (lifetime ?? TimeSpan.FromHours(1)),
            Claims = new Dictionary<string, object> { ["sub"] = subject },
            SigningCredentials = new SigningCredentials(key ?? Key, algorithm),
        });

    public static byte[] Message(string token, string authorizationId = "") =>
        System.Text.Encoding.UTF8.GetBytes($"n,{(authorizationId.Length == 0 ? "" : "a=" + authorizationId)},\u0001auth=Bearer {token}\u0001\u0001");

    public async ValueTask DisposeAsync() => await StopAsync();

    private static object Public(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
    }
}
