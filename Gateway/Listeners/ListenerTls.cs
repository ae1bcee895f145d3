using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Certificates;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>TLS handshakes of the listeners, by the key and certificates that are in the files; changed files are seen within a second.</summary>
public sealed partial class ListenerTls : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly ListenerTlsOptions _options;
    private readonly StoreFile<SslStreamCertificateContext> _keys;
    private readonly ClientCertificates _clients;
    private readonly ModelStore _model;
    private readonly LoginLog _logins;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <exception cref="InvalidSettingException">The key store cannot be used.</exception>
    public ListenerTls(ListenerTlsOptions options, ClientCertificates clients, ModelStore model, LoginLog logins, TimeProvider time, ILogger<ListenerTls> logger)
    {
        (_options, _clients, _model, _logins, _time, _logger) = (options, clients, model, logins, time, logger);
        _keys = new StoreFile<SslStreamCertificateContext>("the listeners", options.Keys, StoreReader.ReadKeys, time, logger);
    }

    /// <summary>Null: it has failed, and the client has been told as far as TLS can.</summary>
    /// <param name="client">Where it comes from.</param>
    public async Task<SslStream?> HandshakeAsync(IByteChannel channel, EndPoint? client)
    {
        using var limit = new CancellationTokenSource(HandshakeTimeout, _time);
        var stream = new SslStream(new ChannelStream(channel));
        try
        {
            await stream.AuthenticateAsServerAsync(OptionsFor(client), limit.Token);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or CryptographicException or ObjectDisposedException)
        {
            LogFailed(ClientAddress.Of(client), e is OperationCanceledException ? "it took too long" : e.Message);
            await stream.DisposeAsync();
            return null;
        }
    }

    private SslServerAuthenticationOptions OptionsFor(EndPoint? client) => new()
    {
        ServerCertificateContext = _keys.Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        ClientCertificateRequired = _options.ClientAuth != ClientAuth.NONE,
        CertificateChainPolicy = CertificatePath.OfHandshake(),
        RemoteCertificateValidationCallback = (_, certificate, sent, _) => IsTaken(client, certificate as X509Certificate2, sent),
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            _keys.Look();
            _clients.LookAtFiles();
        }
    }

    private bool IsTaken(EndPoint? client, X509Certificate2? certificate, X509Chain? sent)
    {
        if (certificate is null && _options.ClientAuth != ClientAuth.REQUIRE)
        {
            return true;
        }

        var refusal = certificate is null ? "the client shows no certificate" : _clients.Refusal(certificate, sent);
        if (refusal is null)
        {
            return true;
        }

        var address = ClientAddress.Of(client);
        LogRefused(address, certificate?.Subject, refusal);
        var name = certificate is null ? null : _clients.NameOf(certificate);
        var account = name is null ? null : _model.Find(LoginIssuers.Certificate, name);
        _logins.Add(account?.VirtualCluster.Current?.Name, account?.Name ?? name, CertificateLogin.Mechanism, new ClientFacts(address, null, null, null), LoginCodes.CertificateRefused);
        return false;
    }

    [LoggerMessage(LogLevel.Debug, "A TLS handshake of {Host} failed: {Reason}")]
    private partial void LogFailed(string host, string reason);

    [LoggerMessage(LogLevel.Warning, "A TLS handshake of {Host} ({Subject}) is refused: {Reason}")]
    private partial void LogRefused(string host, string? subject, string reason);
}
