using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.ServiceAccounts;

/// <summary>Signs what an application uses as its password; see <see cref="GatewayTokens"/>.</summary>
public sealed class GatewayTokenSigner(byte[] key)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256);

    public Secret Sign(ServiceAccount account, TokenIssued token) => new(_handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = GatewayTokens.Issuer,
        Audience = GatewayTokens.Audience,
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(token.IssuedAt).UtcDateTime,
        Expires = DateTimeOffset.FromUnixTimeSeconds(token.ExpiresAt).UtcDateTime,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = account.Name,
            ["jti"] = token.TokenId,
            [GatewayTokens.VirtualClusterClaim] = account.VirtualCluster,
        },
        SigningCredentials = _credentials,
    }));
}
