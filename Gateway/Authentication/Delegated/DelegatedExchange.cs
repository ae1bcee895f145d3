using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Authentication.Delegated;

/// <summary>The broker that judges a login, and the version of SaslAuthenticate that it is asked by.</summary>
public sealed record JudgingBroker(AskBroker Ask, short Version);

/// <summary>SASL relayed to the backing cluster step by step, over the connection that serves the client once it is accepted.</summary>
/// <param name="reach">The broker: before the first login over a connection of its own, later over the one that relays requests.</param>
public sealed class DelegatedExchange(DelegatedLogin logins, Func<CancellationToken, Task<JudgingBroker>> reach, string host) : ISaslDialogue
{
    /// <summary>Longest message that is passed on, bytes.</summary>
    private const int MaximumMessage = 16 * 1024;

    private const int MostSteps = 4;

    private JudgingBroker? _broker;
    private string? _mechanism;
    private ClaimedLogin? _claimed;
    private int _steps;
    private Session? _session;

    public async Task<SaslStep> HandshakeAsync(short version, Node request, CancellationToken cancellationToken)
    {
        var mechanism = request.Text("mechanism") ?? "";
        if (version == 0)
        {
            return SaslAnswers.HandshakeVersion0(ClaimedLogin.Mechanisms, mechanism);
        }

        if (_mechanism is not null)
        {
            return SaslAnswers.SecondHandshake(ClaimedLogin.Mechanisms, mechanism);
        }

        if (!ClaimedLogin.Mechanisms.Contains(mechanism) || (_session is { } session && session.Credential.Mechanism != mechanism))
        {
            return SaslAnswers.UnknownMechanism(ClaimedLogin.Mechanisms, mechanism, _session is not null);
        }

        _broker = await reach(cancellationToken);
        var answer = await _broker.Ask(ApiKey.SaslHandshake, 1, Node.Of(Definitions.Apis[ApiKey.SaslHandshake].Request).Set("mechanism", mechanism), cancellationToken);
        var offered = ClaimedLogin.Mechanisms.Intersect(answer.Values("mechanisms").OfType<string>()).ToList();
        if (answer.Get<short>("errorCode") != 0)
        {
            return SaslAnswers.UnknownMechanism(offered, mechanism, _session is not null);
        }

        (_mechanism, _claimed, _steps) = (mechanism, null, 0);
        return new SaslStep(SaslAnswers.Handshake(offered), mechanism);
    }

    public async Task<SaslStep> AuthenticateAsync(Node request, CancellationToken cancellationToken)
    {
        if (_mechanism is not { } mechanism)
        {
            return SaslAnswers.NoHandshake();
        }

        var message = request.Get<byte[]>("authBytes");
        _claimed ??= message.Length > MaximumMessage ? null : ClaimedLogin.Read(mechanism, message, logins.SubjectClaim);
        if (_claimed is not { } claimed || message.Length > MaximumMessage || ++_steps > MostSteps)
        {
            return Refused(mechanism, LoginResult.Refused(LoginCodes.Malformed, $"the {mechanism} message is malformed"));
        }

        var answer = await _broker!.Ask(ApiKey.SaslAuthenticate, _broker.Version, Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Request).Set("authBytes", message), cancellationToken);
        if (answer.Get<short>("errorCode") is not 0 and var error)
        {
            return Refused(mechanism, logins.Refused(LoginCodes.BrokerRefused, BrokerTexts.OneLine(answer.Text("errorMessage")) ?? $"the broker answers error {error}", claimed.User));
        }

        var challenge = answer.Get<byte[]>("authBytes");
        if (_steps < claimed.Steps || (mechanism == ClaimedLogin.Bearer && challenge.Length > 0))
        {
            // A bearer token that is not taken gets a challenge, and the error only after the client's answer to it.
            return new SaslStep(Answer(challenge, 0), mechanism);
        }

        var lifetime = answer.Has("sessionLifetimeMs") ? answer.Get<long>("sessionLifetimeMs") : 0;
        var login = SaslAnswers.PrincipalKept(await logins.OfAsync(claimed.User, mechanism, lifetime, host, cancellationToken), _session);
        if (login.Session is null)
        {
            return Refused(mechanism, login);
        }

        (_mechanism, _session) = (null, login.Session);
        return new SaslStep(Answer(challenge, lifetime), mechanism, login);
    }

    private static SaslStep Refused(string mechanism, LoginResult login) =>
        new(SaslAnswers.Failed(message: "Authentication failed: the credentials are not valid."), mechanism, login, login.Refusal!.Reason);

    private static Node Answer(byte[] message, long lifetime) =>
        Node.Of(Definitions.Apis[ApiKey.SaslAuthenticate].Response).Set("authBytes", message).Set("sessionLifetimeMs", lifetime);
}
