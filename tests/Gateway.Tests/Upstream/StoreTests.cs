using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Security;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Certificates;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Formats of stores, whole and broken; stores made by Java's own tool are in the matrix.</summary>
public class StoreTests
{
    private const string Password = "store-pass-51";

    private static readonly X509Certificate2 Authority = TlsServer.Certificate("authority", isAuthority: true);
    private static readonly X509Certificate2 Middle = TlsServer.Certificate("middle", Authority, isAuthority: true);
    private static readonly X509Certificate2 Own = TlsServer.Certificate("gateway", Middle);

    [Theory]
    [InlineData(StoreFormat.PEM, "pem")]
    [InlineData(StoreFormat.PEM, "encrypted pem")]
    [InlineData(StoreFormat.PKCS12, "pkcs12")]
    [InlineData(StoreFormat.JKS, "pkcs12")]
    [InlineData(StoreFormat.JKS, "jks")]
    [InlineData(StoreFormat.PKCS12, "jks")]
    public void A_key_store_is_read_with_its_chain(StoreFormat format, string kind)
    {
        var context = StoreReader.ReadKeys(Options(format, Password, kind == "encrypted pem" ? Password : null), Keys(kind));
        Assert.Equal(Own.Thumbprint, context.TargetCertificate.Thumbprint);
        Assert.True(context.TargetCertificate.HasPrivateKey);
        Assert.Contains(Middle.Thumbprint, context.IntermediateCertificates.Select(c => c.Thumbprint));
    }

    [Theory]
    [InlineData(StoreFormat.PEM, "encrypted pem")]
    [InlineData(StoreFormat.PKCS12, "pkcs12")]
    [InlineData(StoreFormat.JKS, "jks")]
    [InlineData(StoreFormat.PEM, "jks")]
    [InlineData(StoreFormat.JKS, "pem")]
    [InlineData(StoreFormat.PEM, "empty")]
    [InlineData(StoreFormat.PKCS12, "empty")]
    [InlineData(StoreFormat.PEM, "certificate only")]
    [InlineData(StoreFormat.PEM, "key of another")]
    public void A_wrong_password_type_or_content_is_told_without_the_password(StoreFormat format, string kind)
    {
        var told = Assert.Throws<InvalidStoreException>(() => StoreReader.ReadKeys(Options(format, "wrong-" + Password, "wrong-" + Password), Keys(kind))).Message;
        Assert.DoesNotContain(Password, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreFormat.PKCS12)]
    [InlineData(StoreFormat.PEM)]
    public void A_trust_store_without_certificates_is_refused(StoreFormat format) =>
        Assert.Throws<InvalidStoreException>(() => StoreReader.ReadTrust(Options(format, Password, null), format == StoreFormat.PEM ? "# none"u8.ToArray() : new X509Certificate2Collection().Export(X509ContentType.Pkcs12, Password)!));

    private static StoreOptions Options(StoreFormat format, string password, string? keyPassword) =>
        new("KAFKA_SSL_KEYSTORE_LOCATION", format, "/x", null, new Secret(password), keyPassword is null ? null : new Secret(keyPassword));

    private static byte[] Keys(string kind)
    {
        using var key = Own.GetRSAPrivateKey()!;
        var chain = Own.ExportCertificatePem() + "\n" + Middle.ExportCertificatePem();
        switch (kind)
        {
            case "pem":
                return Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n" + chain);
            case "encrypted pem":
                return Encoding.UTF8.GetBytes(key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000)) + "\n" + chain);
            case "certificate only":
                return Encoding.UTF8.GetBytes(chain);
            case "key of another":
                using (var other = RSA.Create(2048))
                {
                    return Encoding.UTF8.GetBytes(other.ExportPkcs8PrivateKeyPem() + "\n" + chain);
                }

            case "pkcs12":
                return new X509Certificate2Collection { Own, X509CertificateLoader.LoadCertificate(Middle.RawData) }.Export(X509ContentType.Pkcs12, Password)!;
            case "jks":
                var store = new JksStore();
                var entry = PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey());
                store.SetKeyEntry("gateway", entry, Password.ToCharArray(), [new Org.BouncyCastle.X509.X509Certificate(Own.RawData), new Org.BouncyCastle.X509.X509Certificate(Middle.RawData)]);
                using (var stream = new MemoryStream())
                {
                    store.Save(stream, Password.ToCharArray());
                    return stream.ToArray();
                }

            default:
                return [];
        }
    }
}
