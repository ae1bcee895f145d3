using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>Binds a port for each slot, and the HTTP port.</summary>
public static class ListenerSetup
{
    /// <summary>Bytes that the transport may hold for a connection in each direction, beside the relay's own buffer.</summary>
    private const int TransportBuffer = 64 * 1024;

    public static void AddListeners(this WebApplicationBuilder builder, GatewayOptions options)
    {
        var certificate = options.SecurityProtocol == SecurityProtocol.SASL_SSL ? LoadCertificate(options.TlsKeyStorePath!) : null;
        builder.Services.AddSingleton<Draining>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.WebHost.UseSockets(s =>
        {
            s.NoDelay = true;
            s.MaxReadBufferSize = TransportBuffer;
            s.MaxWriteBufferSize = TransportBuffer;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            for (var slot = 0; slot < options.PortCount; slot++)
            {
                kestrel.Listen(Address(options.BindAddress, "GATEWAY_BIND_ADDRESS"), options.PortStart + slot, listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = certificate[0];
                            https.ServerCertificateChain = [.. certificate.Skip(1)];
                            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                            https.HandshakeTimeout = TimeSpan.FromSeconds(10);
                        });
                    }

                    listen.UseConnectionHandler<KafkaConnectionHandler>();
                });
            }

            kestrel.Listen(Address(options.HttpBindAddress, "GATEWAY_HTTP_BIND_ADDRESS"), options.HttpPort);
        });
    }

    private static IPAddress Address(string text, string name) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidSettingException($"{name} is '{text}': an IP address is needed.");

    /// <summary>A PEM file with a key and a chain, the own certificate first.</summary>
    private static List<X509Certificate2> LoadCertificate(string path)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            using var own = X509Certificate2.CreateFromPemFile(path, path);

            // A key that came from PEM is ephemeral; some TLS stacks want it imported.
            return [X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), .. chain.Skip(1)];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"GATEWAY_SSL_KEY_STORE_PATH cannot be used: {e.Message}");
        }
    }
}
