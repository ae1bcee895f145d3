using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>What holds for every token, by whichever mechanism it comes.</summary>
internal static class TokenRules
{
    /// <summary>By which an issuer's clock may be ahead. None at a token's end: sessions end there, too.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static bool IsAlive(DateTime? from, DateTime? to, DateTimeOffset now) =>
        to is { } end && end.ToUniversalTime() > now && (from is not { } start || start.ToUniversalTime() - ClockSkew <= now);

    public static long Seconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeSeconds();

    public static LoginRefusal RefusalOf(Exception? exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNoExpirationException => new(LoginCodes.TokenExpired, "the token has expired"),
        SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidAlgorithmException =>
            new(LoginCodes.WrongSignature, "the token has a foreign signature"),
        SecurityTokenInvalidIssuerException => new(LoginCodes.WrongIssuer, "the token has a foreign issuer"),
        SecurityTokenInvalidAudienceException => new(LoginCodes.WrongAudience, "the token was made for another audience"),
        _ => new(LoginCodes.NotAToken, "what was sent is not a token that is taken here"),
    };
}
