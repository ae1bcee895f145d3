using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>A store's content is of no use; the message says why, without passwords.</summary>
internal sealed class InvalidStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Reads key and trust stores: PEM, PKCS12, JKS.</summary>
internal static class StoreReader
{
    private static ReadOnlySpan<byte> JksMagic => [0xFE, 0xED, 0xFE, 0xED];

    /// <summary>The certificates to believe in.</summary>
    /// <exception cref="InvalidStoreException">There are none, or the store cannot be read.</exception>
    public static X509Certificate2Collection ReadTrust(StoreOptions options, byte[] content)
    {
        var certificates = Guard(() => options.Format == StoreFormat.PEM ? Pem(content) : content.AsSpan().StartsWith(JksMagic) ? Jks(options, content).Trusted : Pkcs12(options, content));
        return certificates.Count > 0 ? certificates : throw new InvalidStoreException("it holds no certificate");
    }

    /// <summary>The gateway's key, its certificate and what leads to its authority.</summary>
    /// <exception cref="InvalidStoreException">There is none, or the store cannot be read.</exception>
    public static SslStreamCertificateContext ReadKeys(StoreOptions options, byte[] content) => Guard(() =>
    {
        var (own, chain) = options.Format == StoreFormat.PEM ? PemKeys(options, content)
            : content.AsSpan().StartsWith(JksMagic) ? JksKeys(options, content)
            : Pkcs12Keys(options, content);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    });

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or IOException or Org.BouncyCastle.Security.GeneralSecurityException)
        {
            throw new InvalidStoreException($"{e.Message.TrimEnd('.')}; is it of this type, and the password right?", e);
        }
    }

    private static X509Certificate2Collection Pem(byte[] content)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.UTF8.GetString(content));
        return certificates;
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) PemKeys(StoreOptions options, byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        var chain = Pem(content);
        if (chain.Count == 0)
        {
            throw new InvalidStoreException("it holds no certificate");
        }

        var own = options.KeyPassword is { } password ? X509Certificate2.CreateFromEncryptedPem(text, text, password.Value) : X509Certificate2.CreateFromPem(text, text);
        return (own, [.. chain.Skip(1)]);
    }

    private static X509Certificate2Collection Pkcs12(StoreOptions options, byte[] content) =>
        X509CertificateLoader.LoadPkcs12Collection(content, options.Password?.Value, X509KeyStorageFlags.EphemeralKeySet);

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) Pkcs12Keys(StoreOptions options, byte[] content)
    {
        if (options.KeyPassword is { } key && options.Password is { } store && key != store)
        {
            throw new InvalidStoreException("in a PKCS12 store, the key has the store's password");
        }

        var all = Pkcs12(options with { Password = options.Password ?? options.KeyPassword }, content);
        var own = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new InvalidStoreException("it holds no private key");
        return (own, [.. all.Where(c => c != own)]);
    }

    private static (JksStore Store, X509Certificate2Collection Trusted) Jks(StoreOptions options, byte[] content)
    {
        var store = new JksStore();
        using var stream = new MemoryStream(content);
        store.Load(stream, (options.Password?.Value ?? throw new InvalidStoreException("a JKS store needs its password")).ToCharArray());
        return (store, [.. store.Aliases.Where(store.IsCertificateEntry).Select(a => X509CertificateLoader.LoadCertificate(store.GetCertificate(a).GetEncoded()))]);
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) JksKeys(StoreOptions options, byte[] content)
    {
        var store = Jks(options, content).Store;
        var alias = store.Aliases.FirstOrDefault(store.IsKeyEntry) ?? throw new InvalidStoreException("it holds no private key");
        var key = store.GetKey(alias, (options.KeyPassword ?? options.Password)!.Value.ToCharArray());
        var chain = store.GetCertificateChain(alias).Select(c => X509CertificateLoader.LoadCertificate(c.GetEncoded())).ToList();
        return (WithKey(chain[0], PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetEncoded()), [.. chain.Skip(1)]);
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, byte[] pkcs8)
    {
        if (certificate.GetRSAPublicKey() is { } publicRsa)
        {
            publicRsa.Dispose();
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return certificate.CopyWithPrivateKey(rsa);
        }

        using var elliptic = ECDsa.Create();
        elliptic.ImportPkcs8PrivateKey(pkcs8, out _);
        return certificate.CopyWithPrivateKey(elliptic);
    }
}
