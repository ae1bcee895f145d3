using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Keys;

namespace PartnerPlatform.Identity.Feed;

/// <summary>Identity's own access token: it cannot ask itself for one, since its clients come from the feed that the token opens.</summary>
internal sealed class FeedToken(KeyRing keys, IdentityOptions options, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly JsonWebTokenHandler _handler = new();

    public string Issue()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = options.Issuer.AbsoluteUri,
            Audience = AccessTokens.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = keys.Signer.Credentials,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = Roles.Identity,
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString(),
                [AccessTokens.ClientIdClaim] = Roles.Identity,
                [AccessTokens.RoleClaim] = Roles.Identity,
            },
        });
    }
}
