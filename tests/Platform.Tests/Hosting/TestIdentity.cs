using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>Signs access tokens as Identity does; the host under test is given its key.</summary>
public static class TestIdentity
{
    public const string Issuer = "http://127.0.0.1:1/";
    private static readonly RsaSecurityKey Key = new(RSA.Create(2048)) { KeyId = "test" };

    public static void Trust(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
        {
            options.ConfigurationManager = null;
            options.Configuration = new Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration { Issuer = Issuer };
            options.TokenValidationParameters.IssuerSigningKey = Key;
        });

    /// <summary>Discovery and keys over HTTP, as Identity serves them.</summary>
    public static async Task<WebApplication> Serve(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = $"http://127.0.0.1:{port}/", jwks_uri = $"http://127.0.0.1:{port}/jwks" }));
        app.MapGet("/jwks", () =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.Rsa.ExportParameters(false)) { KeyId = Key.KeyId });
            return Results.Json(new { keys = new[] { new { kty = key.Kty, n = key.N, e = key.E, kid = key.Kid, use = "sig", alg = "RS256" } } });
        });
        await app.StartAsync();
        return app;
    }

    public static string Token(string clientId, string role, string? organization = null, string type = "at+jwt", int minutes = 60, string issuer = Issuer) =>
        Sign(clientId, clientId, role, organization, null, type, minutes, issuer);

    /// <summary>A person's token, got through the portal.</summary>
    public static string PersonToken(string id, string role, string? organization = null, string? name = null) =>
        Sign(id, "portal", role, organization, name, "at+jwt", 60, Issuer);

    private static string Sign(string subject, string clientId, string role, string? organization, string? name, string type, int minutes, string issuer)
    {
        var claims = new Dictionary<string, object> { ["client_id"] = clientId, ["sub"] = subject, [AccessTokens.RoleClaim] = role };
        if (name is not null)
        {
            claims[AccessTokens.NameClaim] = name;
        }

        if (organization is not null)
        {
            claims[AccessTokens.OrganizationClaim] = organization;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Issuer = issuer,
            Audience = AccessTokens.Audience,
            Claims = claims,
            IssuedAt = DateTime.UtcNow.AddMinutes(-1 + Math.Min(0, minutes)),
            Expires = DateTime.UtcNow.AddMinutes(minutes),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        });
    }
}
