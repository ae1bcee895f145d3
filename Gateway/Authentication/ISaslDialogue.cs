using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>What to answer to a SASL request.</summary>
/// <param name="Answer">The response message.</param>
/// <param name="Mechanism">As the client named it.</param>
/// <param name="Login">What the login came to, once that is known.</param>
/// <param name="Failure">Why it failed, for the log; the connection is closed after the answer.</param>
public readonly record struct SaslStep(Node Answer, string Mechanism, LoginResult? Login = null, string? Failure = null);

/// <summary>
/// SASL by Kafka's requests, as a broker does it: a handshake names the mechanism, authenticate requests carry its messages.
/// Repeated on a live connection it is a re-authentication (KIP-368), which must keep the principal and the mechanism.
/// </summary>
public interface ISaslDialogue
{
    Task<SaslStep> HandshakeAsync(short version, Node request, CancellationToken cancellationToken);

    Task<SaslStep> AuthenticateAsync(Node request, CancellationToken cancellationToken);
}

/// <summary>Answers that both kinds of listeners give.</summary>
internal static class SaslAnswers
{
    public static Node Handshake(IEnumerable<string> mechanisms, ErrorCode error = ErrorCode.None) =>
        Node.Of(Definitions.Apis[ApiKey.SaslHandshake].Response).Set("mechanisms", mechanisms.Cast<object?>().ToList()).Set("errorCode", (short)error);

    /// <summary>Version 0 is followed by raw tokens without frames: not served; it is advertised for clients that look for it and use version 1.</summary>
    public static SaslStep HandshakeVersion0(IEnumerable<string> mechanisms, string mechanism) =>
        new(Handshake(mechanisms, ErrorCode.UnsupportedVersion), mechanism, null, "SASL handshake version 0");

    public static SaslStep SecondHandshake(IEnumerable<string> mechanisms, string mechanism) =>
        new(Handshake(mechanisms, ErrorCode.IllegalSaslState), mechanism, null, "a second SASL handshake");

    public static SaslStep UnknownMechanism(IEnumerable<string> mechanisms, string mechanism, bool again) => new(
        Handshake(mechanisms, ErrorCode.UnsupportedSaslMechanism), mechanism,
        LoginResult.Refused(Contracts.Facts.LoginCodes.UnknownMechanism, "an unknown SASL mechanism"), again ? "re-authentication by another SASL mechanism" : "an unknown SASL mechanism");

    public static SaslStep NoHandshake() => new(Failed(ErrorCode.IllegalSaslState, "SaslAuthenticate came before SaslHandshake."), "", null, "no SASL handshake");

    /// <summary>The same words whatever was wrong, and nothing of what was sent.</summary>
    public static Node Failed(ErrorCode code = ErrorCode.SaslAuthenticationFailed, string message = "Authentication failed: the user name or the token is not valid.") =>
        Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("errorCode", (short)code).Set("errorMessage", message);

    public static LoginResult PrincipalKept(LoginResult login, Session? before) =>
        login.Session is { } now && before is not null && (now.Principal != before.Principal || now.VirtualCluster != before.VirtualCluster)
            ? login with { Session = null, Refusal = new LoginRefusal(Contracts.Facts.LoginCodes.PrincipalChanged, "re-authentication as another principal") }
            : login;
}
