using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Authentication.Delegated;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>How one connection's client logs in, as the listener's protocol has it; every attempt is counted and reported, and answers to wrong credentials wait.</summary>
internal sealed class ClientLogin
{
    private readonly GatewayParts _parts;
    private readonly ISaslDialogue? _sasl;
    private readonly X509Certificate2? _certificate;
    private readonly int _slot;
    private readonly string _host;
    private UpstreamOfLogin? _judge;

    public ClientLogin(GatewayParts parts, int slot, string host, X509Certificate2? certificate)
    {
        (_parts, _slot, _host, _certificate) = (parts, slot, host, certificate);
        _sasl = !parts.Options.SecurityProtocol.HasSasl() ? null
            : parts.Options.SecurityProtocol.IsDelegated() ? new DelegatedExchange(parts.Delegated, JudgeAsync, host)
            : new SaslExchange(parts.Plain, parts.Bearer, parts.Time, host);
    }

    /// <summary>False: who is there is known without any request of the client's.</summary>
    public bool IsBySasl => _sasl is not null;

    /// <summary>The relay, once there is one: renewed logins go over it.</summary>
    public UpstreamRelay? Relay { get; set; }

    /// <summary>What a SASL request comes to.</summary>
    /// <exception cref="ConnectionRefusedException">The listener has no SASL.</exception>
    public async Task<SaslStep> SaslAsync(ApiKey api, short version, Node request, ClientFacts client, CancellationToken cancellationToken)
    {
        var sasl = _sasl ?? throw new ConnectionRefusedException($"{api} on a listener without SASL.");
        var step = api == ApiKey.SaslHandshake ? await sasl.HandshakeAsync(version, request, cancellationToken) : await sasl.AuthenticateAsync(request, cancellationToken);
        if (step.Login is { } login)
        {
            await ReportAsync(login, step.Mechanism, client, cancellationToken);
        }

        return step;
    }

    /// <summary>Whose the connection is without SASL: its certificate's owner, or nobody in particular.</summary>
    /// <exception cref="ConnectionRefusedException">Nobody who may be here.</exception>
    public async Task<Session> WithoutSaslAsync(ClientFacts client, CancellationToken cancellationToken)
    {
        var login = _parts.Certificates.Login(_certificate, _host);
        await ReportAsync(login, _certificate is null ? CertificateLogin.AnonymousMechanism : CertificateLogin.Mechanism, client, cancellationToken);
        return login.Session ?? throw new ConnectionRefusedException($"Login failed: {login.Refusal!.Reason}.");
    }

    /// <summary>A session of this connection, by whatever it logged in: it ends with the certificate that was shown, too.</summary>
    public Session Watched(Session session) => _parts.Certificates.Watched(session, _certificate);

    /// <summary>The connection to a broker for a client that has logged in: the one that judged its login, else one that the gateway logs in on.</summary>
    /// <exception cref="IOException">No broker can be reached.</exception>
    public async Task<Upstream> ConnectAsync(string cluster, CancellationToken cancellationToken) =>
        _judge?.ForRequests() ?? await _parts.Connector.ConnectAsync(_slot, cluster, cancellationToken);

    /// <summary>Lets go of the broker of a login that came to nothing.</summary>
    public async ValueTask AbandonAsync()
    {
        if (_judge is not null && Relay is null)
        {
            await _judge.Connection.DisposeAsync();
        }
    }

    private async Task<JudgingBroker> JudgeAsync(CancellationToken cancellationToken)
    {
        _judge ??= await _parts.Connector.ConnectForLoginAsync(_slot, KafkaClusterOptions.Main, cancellationToken);
        return new JudgingBroker(Relay is null ? _judge.Connection.AskNowAsync : Relay.AskBrokerAsync, _judge.Connection.VersionFor(ApiKey.SaslAuthenticate));
    }

    private async Task ReportAsync(LoginResult login, string mechanism, ClientFacts client, CancellationToken cancellationToken)
    {
        _parts.Metrics.Login(login.Session is not null);
        _parts.Logins.Add(login.VirtualCluster, login.Account, mechanism, client, login.Code);
        if (login.Session is null)
        {
            await Task.Delay(_parts.FailedLogins.Add(_host, login.VirtualCluster, login.Account), _parts.Time, cancellationToken);
        }
    }
}
