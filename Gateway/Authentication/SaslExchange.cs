using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>SASL by credentials that the gateway judges itself: the platform's tokens, and access tokens of trusted issuers.</summary>
public sealed class SaslExchange(PlainAuthenticator plain, OAuthBearerAuthenticator bearer, TimeProvider time, string host) : ISaslDialogue
{
    /// <summary>RFC 7628, 3.2.2: the server's challenge after a refused token; the client answers it, then it is told that it failed.</summary>
    private static readonly byte[] InvalidToken = Encoding.UTF8.GetBytes("""{"status":"invalid_token"}""");

    private readonly string[] _mechanisms = plain.IsOffered ? [PlainAuthenticator.Mechanism, OAuthBearerAuthenticator.Mechanism] : [OAuthBearerAuthenticator.Mechanism];
    private string? _mechanism;
    private LoginRefusal? _challenged;
    private Session? _session;

    public Task<SaslStep> HandshakeAsync(short version, Node request, CancellationToken cancellationToken) => Task.FromResult(Handshake(version, request.Text("mechanism") ?? ""));

    public async Task<SaslStep> AuthenticateAsync(Node request, CancellationToken cancellationToken)
    {
        if (_mechanism is not { } mechanism)
        {
            return SaslAnswers.NoHandshake();
        }

        if (_challenged is { } refused)
        {
            return new SaslStep(SaslAnswers.Failed(), mechanism, null, refused.Reason);
        }

        var message = request.Get<byte[]>("authBytes");
        var isBearer = mechanism == OAuthBearerAuthenticator.Mechanism;
        var login = SaslAnswers.PrincipalKept(isBearer ? await bearer.LoginAsync(message, host, cancellationToken) : await plain.LoginAsync(message, host), _session);
        if (login.Refusal is { } refusal)
        {
            _challenged = isBearer ? refusal : null;
            return isBearer
                ? new SaslStep(Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("authBytes", InvalidToken), mechanism, login)
                : new SaslStep(SaslAnswers.Failed(), mechanism, login, refusal.Reason);
        }

        (_mechanism, _session) = (null, login.Session);
        return new SaslStep(Succeeded(login.Session!, isBearer), mechanism, login);
    }

    private SaslStep Handshake(short version, string mechanism)
    {
        if (version == 0)
        {
            return SaslAnswers.HandshakeVersion0(_mechanisms, mechanism);
        }

        if (_mechanism is not null)
        {
            return SaslAnswers.SecondHandshake(_mechanisms, mechanism);
        }

        if (!_mechanisms.Contains(mechanism, StringComparer.Ordinal) || (_session is { } session && session.Credential.Mechanism != mechanism))
        {
            return SaslAnswers.UnknownMechanism(_mechanisms, mechanism, _session is not null);
        }

        _mechanism = mechanism;
        return new SaslStep(SaslAnswers.Handshake(_mechanisms), mechanism);
    }

    private Node Succeeded(Session session, bool mayReauthenticate)
    {
        // A client with access tokens gets a new one in time (KIP-368); one with a password would only send the same again.
        var lifetime = mayReauthenticate ? Math.Max(1, (session.ExpiresAt * 1000) - time.GetUtcNow().ToUnixTimeMilliseconds()) : 0;
        return Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("sessionLifetimeMs", lifetime);
    }
}
