using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.ServiceAccounts;

/// <summary>Signs what an application uses as its password; see <see cref="GatewayTokens"/>.</summary>
public sealed class GatewayTokenSigner
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;

    public GatewayTokenSigner(string base64)
    {
        byte[] key;
        try
        {
            key = Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new ConfigurationFault(GatewayTokens.SecretKeyVariable, "is not base64.");
        }

        if (key.Length < 32)
        {
            throw new ConfigurationFault(GatewayTokens.SecretKeyVariable, $"has {key.Length * 8} bits, 256 are needed.");
        }

        _credentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256);
    }

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
