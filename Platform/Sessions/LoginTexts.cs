using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Platform.Sessions;

/// <summary>What a login came to, for the people who run the client: what it means, and what to do.</summary>
public static class LoginTexts
{
    public static string Of(string code) => code switch
    {
        LoginCodes.Succeeded => "The client logged in.",
        LoginCodes.Malformed => "The client sent credentials that are not in the form of its mechanism. Compare its configuration with Connect.",
        LoginCodes.NotAToken => "What was sent as the password is not a token of this platform. Copy the whole token, without spaces or line breaks.",
        LoginCodes.WrongSignature => "The token was not signed by an issuer that is trusted here. It may belong to another environment.",
        LoginCodes.WrongIssuer => "The access token comes from an issuer that is not trusted here. Check the token endpoint.",
        LoginCodes.WrongAudience => "The access token was made for something else. Ask the token endpoint for one for the gateway.",
        LoginCodes.TokenExpired => "The token has expired. Issue a new one.",
        LoginCodes.TokenRevoked => "The token was revoked, or is not known any more. Issue a new one.",
        LoginCodes.AnotherAccount => "The token belongs to another account than the user name says. Use the account's name as the user name.",
        LoginCodes.UnknownAccount => "There is no such account, or nothing is linked to this identity.",
        LoginCodes.AccountRevoked => "The account was revoked. Create another one.",
        LoginCodes.Suspended => "The zone is suspended: nobody logs in until it is resumed.",
        LoginCodes.UnknownMechanism => "The client asked for a SASL mechanism that is not offered; its own log lists those that are.",
        LoginCodes.PrincipalChanged => "The client tried to become another account on a live connection.",
        LoginCodes.KeysUnavailable => "The issuer's keys could not be read, so the access token could not be checked. Try again.",
        LoginCodes.CertificateRefused => "The client's certificate is not taken: it has expired, was revoked, comes from an authority that is not trusted here, or there is none.",
        LoginCodes.BrokerRefused => "The Kafka cluster does not take the user name and what was sent with it. It keeps these credentials, not this platform.",
        LoginCodes.OwnerUnknown => "Whose API key this is could not be found out. Try again; if it stays so, the key may be gone.",
        _ => "The login was refused.",
    };
}
