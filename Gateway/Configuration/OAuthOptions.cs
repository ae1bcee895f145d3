
namespace PartnerPlatform.Gateway.Configuration;

/// <summary>An OAuth issuer outside the platform.</summary>
/// <param name="Name">Claim <c>iss</c> of its tokens, exactly.</param>
/// <param name="KeysUrl">Its JWKS.</param>
public sealed record OAuthIssuer(string Name, Uri KeysUrl);

/// <summary>Whose access tokens are taken by OAUTHBEARER; the platform's own Identity always is.</summary>
public sealed record OAuthOptions(
    Uri IdentityUrl,
    [Setting("GATEWAY_OAUTH_EXPECTED_ISSUER", "claim `iss` of access tokens from issuers outside, with commas; the platform's own Identity is always taken", Otherwise = "none", Example = "https://login.example.com/realms/apps")]
    [Setting("GATEWAY_OAUTH_JWKS_URL", "where each issuer's signing keys are, in the same order; https, but for loopback addresses", Otherwise = "required with the issuers", Example = "https://login.example.com/realms/apps/keys")]
    IReadOnlyList<OAuthIssuer> Issuers,
    [Setting("GATEWAY_OAUTH_EXPECTED_AUDIENCES", "a token of those issuers needs one of these in its claim `aud`, with commas", Otherwise = "required with the issuers", Example = "kafka,gateway")]
    IReadOnlyList<string> Audiences,
    [Setting("GATEWAY_OAUTH_SUB_CLAIM_NAME", "claim that service accounts are linked by; for delegated logins it must be the one that brokers name users by", Default = "sub", Example = "client_id")]
    string SubjectClaim,
    [Setting("GATEWAY_OAUTH_JWKS_REFRESH", "how often signing keys are read again; an unknown one is looked for at once", Default = "300", Unit = "s", Example = "60")]
    TimeSpan KeyRefresh)
{
    public static OAuthOptions Read(SettingsReader settings, Uri identityUrl)
    {
        var names = settings.List("GATEWAY_OAUTH_EXPECTED_ISSUER");
        var urls = settings.List("GATEWAY_OAUTH_JWKS_URL");
        var audiences = settings.List("GATEWAY_OAUTH_EXPECTED_AUDIENCES");
        settings.Require(
            names.Count == urls.Count, "GATEWAY_OAUTH_JWKS_URL", $"has {urls.Count} entries, GATEWAY_OAUTH_EXPECTED_ISSUER {names.Count}: each issuer needs its own, in the same order");
        settings.Require(names.Count == 0 || audiences.Count > 0, "GATEWAY_OAUTH_EXPECTED_AUDIENCES", "is missing: without it, tokens made for other services would log in");
        return new OAuthOptions(
            identityUrl,
            [.. names.Zip(urls, (name, url) => new OAuthIssuer(name, settings.SecureUrlOf("GATEWAY_OAUTH_JWKS_URL", url)))],
            audiences,
            settings.Optional("GATEWAY_OAUTH_SUB_CLAIM_NAME") ?? "sub",
            settings.Seconds("GATEWAY_OAUTH_JWKS_REFRESH", 300, 5, 86_400));
    }
}
