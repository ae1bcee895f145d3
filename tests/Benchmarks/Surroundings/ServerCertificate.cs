using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>One certificate for all proxies, so that their handshakes cost the same.</summary>
internal static class ServerCertificate
{
    /// <summary>Writes key and self-signed certificate as PEM; returns the file.</summary>
    public static string Write(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        var file = Path.Combine(folder, "server.pem");
        File.WriteAllText(file, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
        return file;
    }
}
