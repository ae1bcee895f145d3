using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;
using Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>Certificate revocation lists (RFC 5280) of a file: PEM or DER, one or more.</summary>
internal sealed class RevocationLists
{
    private static readonly X509CertificateParser Certificates = new();

    private readonly List<RevocationList> _lists;

    private RevocationLists(List<RevocationList> lists) => _lists = lists;

    /// <exception cref="InvalidStoreException">It holds no list, or something else.</exception>
    public static RevocationLists Read(byte[] content)
    {
        try
        {
            var lists = new X509CrlParser().ReadCrls(content).Select(l => new RevocationList(l)).ToList();
            return lists.Count > 0 ? new RevocationLists(lists) : throw new InvalidStoreException("it holds no certificate revocation list");
        }
        catch (Exception e) when (e is CrlException or IOException or ArgumentException or InvalidCastException or FormatException)
        {
            throw new InvalidStoreException($"{e.Message.TrimEnd('.')}; is it a certificate revocation list?", e);
        }
    }

    /// <summary>
    /// Why a certificate may not be used by the lists; null: it may. Each certificate of the path but the last needs a list of its issuer, signed by it and not out of date: what cannot be
    /// known counts as revoked.
    /// </summary>
    /// <param name="path">The certificate, and each one's issuer behind it.</param>
    public string? Refusal(IReadOnlyList<X509Certificate2> path, DateTimeOffset now)
    {
        for (var i = 0; i + 1 < path.Count; i++)
        {
            if (Refusal(Certificates.ReadCertificate(path[i].RawData), Certificates.ReadCertificate(path[i + 1].RawData), now) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>At least one list is: what it said before no longer counts.</summary>
    public bool IsOutOfDate(DateTimeOffset now) => _lists.Exists(l => l.IsOutOfDate(now));

    private string? Refusal(Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        var ofIssuer = _lists.Where(l => l.IsOf(issuer)).ToList();
        return ofIssuer.Count == 0 ? $"there is no revocation list of {certificate.IssuerDN}"
            : ofIssuer.Exists(l => l.Holds(certificate)) ? $"the certificate {certificate.SerialNumber.ToString(16)} is revoked"
            : ofIssuer.TrueForAll(l => l.IsOutOfDate(now)) ? $"the revocation list of {certificate.IssuerDN} is out of date"
            : null;
    }
}

/// <summary>One list, read once: a hundred thousand entries and as many questions are common.</summary>
internal sealed class RevocationList
{
    private readonly X509Crl _list;
    private readonly ILookup<BigInteger, X509Name> _revoked;

    /// <summary>By the public keys (SHA-256) of those who may have signed it.</summary>
    private readonly ConcurrentDictionary<string, bool> _signers = new();

    public RevocationList(X509Crl list)
    {
        _list = list;
        _revoked = (list.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>()).ToLookup(e => e.SerialNumber, e => e.GetCertificateIssuer() ?? list.IssuerDN);
    }

    public bool IsOutOfDate(DateTimeOffset now) => _list.NextUpdate is { } next && next.ToUniversalTime() < now;

    /// <summary>An issuer has made it.</summary>
    public bool IsOf(Certificate issuer) => _list.IssuerDN.Equivalent(issuer.SubjectDN) && _signers.GetOrAdd(
        Convert.ToHexString(SHA256.HashData(issuer.CertificateStructure.SubjectPublicKeyInfo.GetDerEncoded())), _ => IsSignedBy(issuer));

    public bool Holds(Certificate certificate) => _revoked[certificate.SerialNumber].Any(i => i.Equivalent(certificate.IssuerDN));

    private bool IsSignedBy(Certificate issuer)
    {
        try
        {
            _list.Verify(issuer.GetPublicKey());
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or SecurityUtilityException or CrlException or ArgumentException)
        {
            return false;
        }
    }
}
