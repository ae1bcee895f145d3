using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>What the provider will say at the next login.</summary>
public sealed record Said(string Subject, IReadOnlyDictionary<string, object> Claims)
{
    public string? Issuer { get; init; }

    public string? Audience { get; init; }

    public string? Nonce { get; init; }

    /// <summary>Signed with a key that the provider does not publish, under the id of one that it does.</summary>
    public bool Forged { get; init; }

    public bool Unsigned { get; init; }

    public bool Expired { get; init; }
}

/// <summary>An OpenID Connect provider made by hand, that also says what no provider should.</summary>
public sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "partnerplatform";

    private readonly int _port = FreePorts.Take();
    private readonly ConcurrentDictionary<string, (Said Said, string Nonce, string Challenge)> _codes = new();
    private ECDsaSecurityKey _key = NewKey();
    private WebApplication? _app;

    public Uri Url => new($"http://127.0.0.1:{_port}/");

    public string Secret { get; } = PrivateFiles.NewSecret();

    /// <summary>Requests for tokens, whether they were in order or not.</summary>
    public int Asked { get; private set; }

    /// <summary>What Identity must be told to log people in here.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["IDENTITY_PROVIDER_ISSUER"] = Url.AbsoluteUri,
        ["IDENTITY_PROVIDER_CLIENT_ID"] = ClientId,
        ["IDENTITY_PROVIDER_CLIENT_SECRET"] = Secret,
        ["IDENTITY_PROVIDER_NAME"] = "Example SSO",
        ["IDENTITY_PROVIDER_ROLES"] = "CN=kafka-ops,OU=groups=operator;audit=auditor;acme-it=partner_admin:acme;partners=partner_admin",
        ["IDENTITY_PROVIDER_ORGANIZATION_CLAIM"] = "company",
    };

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        await provider.ServeAsync();
        return provider;
    }

    public async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url.AbsoluteUri);
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = Url.AbsoluteUri,
            ["authorization_endpoint"] = new Uri(Url, "authorize"),
            ["token_endpoint"] = new Uri(Url, "token"),
            ["jwks_uri"] = new Uri(Url, "keys"),
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "ES256" },
            ["token_endpoint_auth_methods_supported"] = new[] { "client_secret_post" },
        }));
        _app.MapGet("/keys", () => Results.Json(new { keys = new[] { PublicKey() } }));
        _app.MapPost("/token", (Delegate)TokenAsync);
        await _app.StartAsync();
    }

    public async Task GoAwayAsync()
    {
        if (_app is { } app)
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
            _app = null;
        }
    }

    public void RotateKey() => _key = NewKey();

    /// <summary>The person logs in: from the address that Identity has sent the browser to, to the one that the browser is sent back to.</summary>
    public string Answer(Uri sentTo, Said said)
    {
        Assert.StartsWith(new Uri(Url, "authorize").AbsoluteUri, sentTo.AbsoluteUri, StringComparison.Ordinal);
        var asked = QueryHelpers.ParseQuery(sentTo.Query);
        Assert.Equal(("code", "S256", ClientId), (asked["response_type"].Single(), asked["code_challenge_method"].Single(), asked["client_id"].Single()));
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (said, asked["nonce"].Single()!, asked["code_challenge"].Single()!);
        return $"{asked["redirect_uri"].Single()}?code={code}&state={Uri.EscapeDataString(asked["state"].Single()!)}";
    }

    public ValueTask DisposeAsync() => new(GoAwayAsync());

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("n") };

    private Dictionary<string, string> PublicKey()
    {
        var point = _key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["alg"] = "ES256", ["kid"] = _key.KeyId, ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y) };
    }

    private async Task<IResult> TokenAsync(HttpContext http)
    {
        Asked++;
        var form = await http.Request.ReadFormAsync();
        var (verifier, secret) = (form["code_verifier"].ToString(), form["client_secret"].ToString());
        if (secret != Secret || !_codes.TryRemove(form["code"].ToString(), out var code)
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != code.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
        }

        return Results.Json(new { access_token = Guid.NewGuid().ToString("n"), token_type = "Bearer", expires_in = 60, id_token = IdToken(code.Said, code.Nonce) });
    }

    private string IdToken(Said said, string nonce)
    {
        var now = DateTime.UtcNow - (said.Expired ? TimeSpan.FromHours(2) : TimeSpan.Zero);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = said.Forged ? new ECDsaSecurityKey(foreign) { KeyId = _key.KeyId } : _key;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = said.Issuer ?? Url.AbsoluteUri,
            Audience = said.Audience ?? ClientId,
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            Claims = new Dictionary<string, object>(said.Claims) { ["sub"] = said.Subject, ["nonce"] = said.Nonce ?? nonce },
            SigningCredentials = said.Unsigned ? null : new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        });
    }
}
