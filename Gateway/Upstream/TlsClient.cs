using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Gateway.Certificates;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Upstream;

/// <summary>TLS towards the brokers of one cluster: whom to believe, and who the gateway is, from stores that may change while it runs.</summary>
internal sealed class TlsClient
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly TlsOptions _options;
    private readonly StoreFile<X509Certificate2Collection>? _trust;
    private readonly StoreFile<SslStreamCertificateContext>? _keys;

    /// <exception cref="InvalidSettingException">A store cannot be used.</exception>
    public TlsClient(string cluster, TlsOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        var owner = $"physical cluster {cluster}";
        _trust = options.Trust is { } trust ? new StoreFile<X509Certificate2Collection>(owner, trust, StoreReader.ReadTrust, time, logger) : null;
        _keys = options.Keys is { } keys ? new StoreFile<SslStreamCertificateContext>(owner, keys, StoreReader.ReadKeys, time, logger) : null;
    }

    /// <summary>The gateway has a certificate of its own.</summary>
    public bool ShowsCertificate => _keys is not null;

    public void LookAtFiles()
    {
        _trust?.Look();
        _keys?.Look();
    }

    /// <summary>Encrypts a connection; it is closed when that fails, there is no other way on.</summary>
    /// <exception cref="LoginFailedException">The broker is not who it should be, or the two do not agree.</exception>
    public async Task<IByteChannel> HandshakeAsync(IByteChannel channel, string host, CancellationToken cancellationToken)
    {
        LookAtFiles();
        string? verdict = null;
        var anchors = _trust?.Current;
        var stream = new SslStream(new ChannelStream(channel));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = _options.Versions,
                ClientCertificateContext = _keys?.Current,
                CertificateChainPolicy = CertificatePath.OfHandshake(),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (verdict = Judge(certificate, chain, errors, anchors, host)) is null,
            }, cancellationToken);
            return new TlsChannel(stream, channel);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            await stream.DisposeAsync();
            throw new LoginFailedException(verdict ?? $"TLS failed: {LoginFailedException.Explain(e)}", e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null: the broker's certificate is good.</summary>
    private string? Judge(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection? anchors, string host)
    {
        if (certificate is not X509Certificate2 own)
        {
            return "the broker shows no certificate";
        }

        if (_options.VerifyHostName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the broker's certificate ({own.Subject}) is not for {host}";
        }

        using var path = CertificatePath.Build(own, sent is null ? null : [.. sent.ChainElements.Select(e => e.Certificate), .. sent.ChainPolicy.ExtraStore], anchors, ServerAuthentication);
        return path.Problem is { } problem ? $"the broker's certificate ({own.Subject}) is not trusted: {problem}" : null;
    }
}
