namespace PartnerPlatform.Gateway.Configuration;

/// <summary>An OAuth issuer outside the platform.</summary>
/// <param name="Name">Claim <c>iss</c> of its tokens, exactly.</param>
/// <param name="KeysUrl">Its JWKS.</param>
public sealed record OAuthIssuer(string Name, Uri KeysUrl);

/// <summary>Whose access tokens are taken by OAUTHBEARER; the platform's own Identity always is.</summary>
/// <param name="IdentityUrl">GATEWAY_IDENTITY_URL.</param>
/// <param name="Issuers">GATEWAY_OAUTH_EXPECTED_ISSUER and GATEWAY_OAUTH_JWKS_URL: one or more, with commas, in the same order.</param>
/// <param name="Audiences">GATEWAY_OAUTH_EXPECTED_AUDIENCES: with commas; a token of those issuers needs one of them.</param>
/// <param name="SubjectClaim">GATEWAY_OAUTH_SUB_CLAIM_NAME, default <c>sub</c>: the claim that service accounts are linked by.</param>
/// <param name="KeyRefresh">GATEWAY_OAUTH_JWKS_REFRESH in seconds, default 300: how often keys are read again.</param>
public sealed record OAuthOptions(Uri IdentityUrl, IReadOnlyList<OAuthIssuer> Issuers, IReadOnlyList<string> Audiences, string SubjectClaim, TimeSpan KeyRefresh)
{
    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static OAuthOptions Read(IConfiguration configuration, Uri identityUrl)
    {
        var settings = new SettingsReader(configuration);
        var names = settings.List("GATEWAY_OAUTH_EXPECTED_ISSUER");
        var urls = settings.List("GATEWAY_OAUTH_JWKS_URL");
        var audiences = settings.List("GATEWAY_OAUTH_EXPECTED_AUDIENCES");
        if (names.Count != urls.Count)
        {
            throw new InvalidSettingException($"GATEWAY_OAUTH_JWKS_URL has {urls.Count} entries, GATEWAY_OAUTH_EXPECTED_ISSUER {names.Count}: each issuer needs its own, in the same order.");
        }

        if (names.Count > 0 && audiences.Count == 0)
        {
            throw new InvalidSettingException("GATEWAY_OAUTH_EXPECTED_AUDIENCES is missing: without it, tokens made for other services would log in.");
        }

        return new OAuthOptions(
            identityUrl,
            [.. names.Zip(urls, (name, url) => new OAuthIssuer(name, Url(url)))],
            audiences,
            settings.Optional("GATEWAY_OAUTH_SUB_CLAIM_NAME") ?? "sub",
            settings.Seconds("GATEWAY_OAUTH_JWKS_REFRESH", 300, 5, 86_400));
    }

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) ? url
        : throw new InvalidSettingException($"GATEWAY_OAUTH_JWKS_URL contains '{text}': an absolute https URL is needed (http is for loopback only).");
}
