using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>
/// SASL/OAUTHBEARER (KIP-255, RFC 7628): a signed access token of a trusted issuer, whose subject is linked to a service account.
/// A right signature is not enough: the link must be in the model.
/// </summary>
public sealed class OAuthBearerAuthenticator(TrustedIssuers issuers, ModelStore model, TimeProvider time)
{
    public const string Mechanism = "OAUTHBEARER";

    /// <summary>Longest message that is looked at, bytes.</summary>
    public const int MaximumMessage = 16 * 1024;

    /// <summary>Asymmetric ones only: with others, who can check a token can make one.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaximumMessage };

    public async Task<LoginResult> LoginAsync(ReadOnlyMemory<byte> message, string host, CancellationToken cancellationToken)
    {
        if (message.Length > MaximumMessage || OAuthBearerMessage.Parse(message.Span) is not { } credentials)
        {
            return LoginResult.Refused(LoginCodes.Malformed, "the OAUTHBEARER message is malformed");
        }

        if (Read(credentials.Token) is not { } unproven)
        {
            return LoginResult.Refused(LoginCodes.NotAToken, "the bearer token is not a JWT");
        }

        if (issuers.Find(unproven.Issuer) is not { } issuer)
        {
            return LoginResult.Refused(LoginCodes.WrongIssuer, "the token has a foreign issuer");
        }

        // Who it claims to be is known from here on, so a refusal can be told to the account's owner.
        var claimed = SubjectOf(unproven, issuer) is { } claimedSubject ? model.Find(issuer.Id, claimedSubject) : null;
        var keys = await issuer.Keys.ForAsync(unproven.Kid, cancellationToken);
        if (keys.Count == 0)
        {
            return Refused(new(LoginCodes.KeysUnavailable, "the issuer's keys were never read"));
        }

        var result = await _handler.ValidateTokenAsync(credentials.Token, new TokenValidationParameters
        {
            IssuerSigningKeys = keys,
            ValidAlgorithms = Algorithms,
            ValidTypes = issuer.TokenTypes,
            ValidIssuer = unproven.Issuer,
            ValidAudiences = issuer.Audiences,
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => TokenRules.IsAlive(from, to, time.GetUtcNow()),
        });
        if (!result.IsValid)
        {
            return Refused(TokenRules.RefusalOf(result.Exception));
        }

        var token = (JsonWebToken)result.SecurityToken;
        if (claimed is not { } account)
        {
            return LoginResult.Refused(LoginCodes.UnknownAccount, "the token's subject is linked to no service account");
        }

        if (credentials.AuthorizationId.Length > 0 && credentials.AuthorizationId != account.Name)
        {
            return Refused(new(LoginCodes.AnotherAccount, "an authorization id other than the account's name was asked for"));
        }

        // A token that does not say when it was issued cannot be told from one before a cut-off.
        var issuedAt = token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var seconds) ? seconds : 0;
        return LoginResult.Of(new Session(
            account.VirtualCluster, account.Name, new VouchedLogin(issuer.Id, SubjectOf(token, issuer)!, Mechanism, issuedAt), TokenRules.Seconds(token.ValidTo), host));

        LoginResult Refused(LoginRefusal refusal) => new(null, refusal, claimed?.VirtualCluster.Current?.Name, claimed?.Name);
    }

    private static string? SubjectOf(JsonWebToken token, TrustedIssuer issuer) =>
        token.TryGetPayloadValue<string>(issuer.SubjectClaim, out var subject) && subject.Length > 0 ? subject : null;

    private JsonWebToken? Read(string text)
    {
        try
        {
            return _handler.CanReadToken(text) ? _handler.ReadJsonWebToken(text) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }
}
