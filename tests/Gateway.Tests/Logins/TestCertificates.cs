using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>More certificates of the authority that Kafka's script made, and its revocation list.</summary>
public sealed class TestCertificates(string folder) : IDisposable
{
    private readonly X509Certificate2 _authority = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key"));

    /// <summary>A client certificate, as a PEM file with its key.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="subject">Its name, for example <c>CN=carol,O=Acme</c>.</param>
    public string Issue(string name, string subject, TimeSpan? lifetime = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.Create(_authority, _authority.NotBefore, now + (lifetime ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(12));
        var path = Path.Combine(folder, name + ".pem");
        File.WriteAllText(path, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n{_authority.ExportCertificatePem()}\n");
        return path;
    }

    /// <summary>A client certificate under an authority of its own, which the other one vouches for; the file holds both.</summary>
    public string IssueBelow(string name, string subject)
    {
        using var middleKey = RSA.Create(2048);
        var middleRequest = new CertificateRequest($"CN={name} authority", middleKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var middle = middleRequest.Create(_authority, _authority.NotBefore, DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(12)).CopyWithPrivateKey(middleKey);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.Create(middle, middle.NotBefore, middle.NotAfter, RandomNumberGenerator.GetBytes(12));
        var path = Path.Combine(folder, name + ".pem");
        File.WriteAllText(path, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        return path;
    }

    /// <summary>A client certificate of an authority that nobody knows; it says where that is to be had.</summary>
    /// <param name="address">Of the authority's certificate (authority information access).</param>
    public string IssueByUnknown(string name, string subject, Uri address)
    {
        using var unknownKey = RSA.Create(2048);
        var unknownRequest = new CertificateRequest("CN=nobody knows", unknownKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        unknownRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var unknown = unknownRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [address.AbsoluteUri]));
        using var certificate = request.Create(unknown, unknown.NotBefore, unknown.NotAfter, RandomNumberGenerator.GetBytes(12));
        var path = Path.Combine(folder, name + ".pem");
        File.WriteAllText(path, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
        return path;
    }

    /// <summary>Writes the authority's list.</summary>
    /// <param name="revoked">Files of certificates.</param>
    public void Revoke(string path, params string[] revoked) => Revoke(path, DateTimeOffset.UtcNow.AddDays(1), revoked);

    /// <param name="until">When the list is out of date.</param>
    public void Revoke(string path, DateTimeOffset until, params string[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var file in revoked)
        {
            list.AddEntry(X509Certificate2.CreateFromPemFile(file));
        }

        using var key = _authority.GetRSAPrivateKey()!;
        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, includeKeyIdentifier: false, includeIssuerAndSerial: true);
        var bytes = list.Build(_authority.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), DateTimeOffset.UtcNow.Ticks, until, HashAlgorithmName.SHA256, identifier, until.AddDays(-2));

        // In one step, as whoever renews it would: a reader sees the old one or the new one.
        var written = path + ".new";
        File.WriteAllText(written, PemEncoding.WriteString("X509 CRL", bytes));
        File.Move(written, path, overwrite: true);
    }

    public void Dispose() => _authority.Dispose();
}
