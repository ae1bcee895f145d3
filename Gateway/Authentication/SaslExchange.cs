using System.Text;
using PartnerPlatform.Contracts.Facts;
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
/// Repeated on a live connection it is a re-authentication (KIP-368), which must keep the principal.
/// </summary>
public sealed class SaslExchange(PlainAuthenticator plain, OAuthBearerAuthenticator bearer, TimeProvider time, string host)
{
    private static readonly List<object?> Mechanisms = [PlainAuthenticator.Mechanism, OAuthBearerAuthenticator.Mechanism];

    /// <summary>RFC 7628, 3.2.2: the server's challenge after a refused token; the client answers it, then it is told that it failed.</summary>
    private static readonly byte[] InvalidToken = Encoding.UTF8.GetBytes("""{"status":"invalid_token"}""");

    private string? _mechanism;
    private LoginRefusal? _challenged;
    private Session? _session;

    public SaslStep Handshake(short version, Node request)
    {
        var mechanism = request.Text("mechanism") ?? "";
        var answer = Node.Of(Definitions.Apis[ApiKey.SaslHandshake].Response).Set("mechanisms", new List<object?>(Mechanisms));
        if (version == 0)
        {
            // Version 0 is followed by raw tokens without frames: not served; it is advertised for clients that look for it and use version 1.
            return new SaslStep(answer.Set("errorCode", (short)ErrorCode.UnsupportedVersion), mechanism, null, "SASL handshake version 0");
        }

        if (_mechanism is not null)
        {
            return new SaslStep(answer.Set("errorCode", (short)ErrorCode.IllegalSaslState), mechanism, null, "a second SASL handshake");
        }

        if (!Mechanisms.Contains(mechanism) || (_session is { } session && session.Credential.Mechanism != mechanism))
        {
            return new SaslStep(
                answer.Set("errorCode", (short)ErrorCode.UnsupportedSaslMechanism), mechanism,
                LoginResult.Refused(LoginCodes.UnknownMechanism, "an unknown SASL mechanism"), _session is null ? "an unknown SASL mechanism" : "re-authentication by another SASL mechanism");
        }

        _mechanism = mechanism;
        return new SaslStep(answer, mechanism);
    }

    public async Task<SaslStep> AuthenticateAsync(Node request, CancellationToken cancellationToken)
    {
        if (_mechanism is not { } mechanism)
        {
            return new SaslStep(Failed(ErrorCode.IllegalSaslState, "SaslAuthenticate came before SaslHandshake."), "", null, "no SASL handshake");
        }

        if (_challenged is { } refused)
        {
            return new SaslStep(Failed(), mechanism, null, refused.Reason);
        }

        var message = request.Get<byte[]>("authBytes");
        var isBearer = mechanism == OAuthBearerAuthenticator.Mechanism;
        var login = isBearer ? await bearer.LoginAsync(message, host, cancellationToken) : await plain.LoginAsync(message, host);
        if (login.Session is { } now && _session is { } before && (now.Principal != before.Principal || now.VirtualCluster != before.VirtualCluster))
        {
            login = login with { Session = null, Refusal = new LoginRefusal(LoginCodes.PrincipalChanged, "re-authentication as another principal") };
        }

        if (login.Refusal is { } refusal)
        {
            _challenged = isBearer ? refusal : null;
            return isBearer
                ? new SaslStep(Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("authBytes", InvalidToken), mechanism, login)
                : new SaslStep(Failed(), mechanism, login, refusal.Reason);
        }

        (_mechanism, _session) = (null, login.Session);
        return new SaslStep(Succeeded(login.Session!, isBearer), mechanism, login);
    }

    private Node Succeeded(Session session, bool mayReauthenticate)
    {
        // A client with access tokens gets a new one in time (KIP-368); one with a password would only send the same again.
        var lifetime = mayReauthenticate ? Math.Max(1, (session.ExpiresAt * 1000) - time.GetUtcNow().ToUnixTimeMilliseconds()) : 0;
        return Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("sessionLifetimeMs", lifetime);
    }

    private static Node Failed(ErrorCode code = ErrorCode.SaslAuthenticationFailed, string message = "Authentication failed: the user name or the token is not valid.") =>
        Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("errorCode", (short)code).Set("errorMessage", message);
}
