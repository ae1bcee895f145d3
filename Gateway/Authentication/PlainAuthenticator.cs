using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>
/// SASL/PLAIN (RFC 4616): the user name is a service account, the password a token signed with GATEWAY_USER_POOL_SECRET_KEY.
/// The signature is checked before anything is looked up, so unknown users cost as much as wrong tokens.
/// </summary>
public sealed class PlainAuthenticator(GatewayOptions options, ModelStore model, TimeProvider time)
{
    public const string Mechanism = "PLAIN";

    /// <summary>Longest message that is looked at, bytes.</summary>
    public const int MaximumMessage = 16 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaximumMessage };
    private readonly SymmetricSecurityKey? _key = options.UserPoolSecretKey is { } secret ? new(secret) : null;

    /// <summary>False: there is no key to check tokens by.</summary>
    public bool IsOffered => _key is not null;

    public async Task<LoginResult> LoginAsync(ReadOnlyMemory<byte> message, string host)
    {
        if (message.Length > MaximumMessage || Split(message.Span) is not { } credentials)
        {
            return LoginResult.Refused(LoginCodes.Malformed, "the PLAIN message is malformed");
        }

        if (credentials.AuthorizationId.Length > 0 && credentials.AuthorizationId != credentials.User)
        {
            return LoginResult.Refused(LoginCodes.Malformed, "an authorization id other than the user name was asked for", null, credentials.User);
        }

        var result = await _handler.ValidateTokenAsync(credentials.Password, new TokenValidationParameters
        {
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidIssuer = GatewayTokens.Issuer,
            ValidAudience = GatewayTokens.Audience,
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => TokenRules.IsAlive(from, to, time.GetUtcNow()),
        });
        var claimed = result.TokenOnFailedValidation as JsonWebToken ?? result.SecurityToken as JsonWebToken;
        var claimedCluster = claimed is not null && claimed.TryGetPayloadValue<string>(GatewayTokens.VirtualClusterClaim, out var name) ? name : null;
        if (!result.IsValid)
        {
            return new LoginResult(null, TokenRules.RefusalOf(result.Exception), claimedCluster, credentials.User);
        }

        var token = (JsonWebToken)result.SecurityToken;
        if (token.Subject != credentials.User)
        {
            return LoginResult.Refused(LoginCodes.AnotherAccount, "the token belongs to another account", claimedCluster, credentials.User);
        }

        if (claimedCluster is null || model.Find(claimedCluster) is not { } handle || token.Id is null)
        {
            return LoginResult.Refused(LoginCodes.UnknownAccount, "the token's virtual cluster is not known", claimedCluster, credentials.User);
        }

        return LoginResult.Of(new Session(handle, credentials.User, new IssuedToken(token.Id, TokenRules.Seconds(token.IssuedAt)), TokenRules.Seconds(token.ValidTo), host));
    }

    private static (string AuthorizationId, string User, string Password)? Split(ReadOnlySpan<byte> message)
    {
        var first = message.IndexOf((byte)0);
        var second = first < 0 ? -1 : message[(first + 1)..].IndexOf((byte)0) + first + 1;
        if (first < 0 || second <= first)
        {
            return null;
        }

        var user = message[(first + 1)..second];
        var password = message[(second + 1)..];
        return user.IsEmpty || password.IsEmpty || password.Contains((byte)0)
            ? null
            : (Encoding.UTF8.GetString(message[..first]), Encoding.UTF8.GetString(user), Encoding.UTF8.GetString(password));
    }
}
