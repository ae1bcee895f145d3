using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>An OAuth issuer whose access tokens log in.</summary>
/// <param name="Id">As service accounts name it; null: the platform's own Identity.</param>
/// <param name="Name">Claim <c>iss</c> of its tokens.</param>
/// <param name="Audiences">One of them must be in the claim <c>aud</c>.</param>
/// <param name="SubjectClaim">Claim that says whose the token is.</param>
/// <param name="TokenTypes">Header <c>typ</c>; null: not checked, since issuers differ.</param>
public sealed record TrustedIssuer(string? Id, string Name, IReadOnlyList<string> Audiences, string SubjectClaim, IReadOnlyList<string>? TokenTypes, IssuerKeys Keys);

/// <summary>The platform's own Identity, and those of GATEWAY_OAUTH_EXPECTED_ISSUER.</summary>
public sealed class TrustedIssuers
{
    private readonly TrustedIssuer[] _all;

    public TrustedIssuers(OAuthOptions options, IHttpClientFactory http, TimeProvider time, ILogger<IssuerKeys> log)
    {
        _all =
        [
            new TrustedIssuer(
                null, options.IdentityUrl.AbsoluteUri, [GatewayTokens.Audience], "sub", ["at+jwt"],
                new IssuerKeys(options.IdentityUrl.AbsoluteUri, new Uri(options.IdentityUrl, "/.well-known/jwks"), options.KeyRefresh, http, time, log)),
            .. options.Issuers.Select(i => new TrustedIssuer(
                i.Name, i.Name, options.Audiences, options.SubjectClaim, null, new IssuerKeys(i.Name, i.KeysUrl, options.KeyRefresh, http, time, log))),
        ];
    }

    public IReadOnlyList<TrustedIssuer> All => _all;

    /// <summary>Exactly as its tokens spell it; of the platform's own, a slash at the end may be missing.</summary>
    public TrustedIssuer? Find(string name) => _all.FirstOrDefault(i => i.Name == name || (i.Id is null && i.Name == name + "/"));
}
