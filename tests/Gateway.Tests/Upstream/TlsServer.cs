using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>A listener that speaks TLS with a certificate of the test's making, and no word of Kafka.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public TlsServer(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        // A key that was just made is ephemeral; some TLS stacks want it imported.
        var own = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(SslStreamCertificateContext.Create(own, chain, offline: true));
    }

    public int Port { get; }

    /// <summary>A certificate, signed by an issuer or by itself.</summary>
    public static X509Certificate2 Certificate(string name, X509Certificate2? issuer = null, bool isAuthority = false, string? host = null, bool expired = false)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }

        var (from, to) = (Now.AddDays(-2), Now.AddDays(expired ? -1 : 1));
        return issuer is null ? request.CreateSelfSigned(from, to) : request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync(SslStreamCertificateContext certificate)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(), certificate));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    /// <summary>Reads until the client is gone.</summary>
    private static async Task ServeAsync(Socket socket, SslStreamCertificateContext certificate)
    {
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
            await stream.CopyToAsync(Stream.Null);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client did not like it, or broke off.
        }
    }
}
