using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>Certificate revocation lists (RFC 5280) of a file: PEM or DER, one or more.</summary>
internal sealed class RevocationLists
{
    private static readonly X509CertificateParser Certificates = new();

    private readonly List<X509Crl> _lists;

    private RevocationLists(List<X509Crl> lists) => _lists = lists;

    /// <exception cref="InvalidStoreException">It holds no list, or something else.</exception>
    public static RevocationLists Read(byte[] content)
    {
        try
        {
            var lists = new X509CrlParser().ReadCrls(content).ToList();
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
    public bool IsOutOfDate(DateTimeOffset now) => _lists.Exists(l => IsOutOfDate(l, now));

    private static bool IsOutOfDate(X509Crl list, DateTimeOffset now) => list.NextUpdate is { } next && next.ToUniversalTime() < now;

    private string? Refusal(Org.BouncyCastle.X509.X509Certificate certificate, Org.BouncyCastle.X509.X509Certificate issuer, DateTimeOffset now)
    {
        var ofIssuer = _lists.Where(l => l.IssuerDN.Equivalent(certificate.IssuerDN) && IsSignedBy(l, issuer)).ToList();
        return ofIssuer.Count == 0 ? $"there is no revocation list of {certificate.IssuerDN}"
            : ofIssuer.Exists(l => l.IsRevoked(certificate)) ? $"the certificate {certificate.SerialNumber.ToString(16)} is revoked"
            : ofIssuer.TrueForAll(l => IsOutOfDate(l, now)) ? $"the revocation list of {certificate.IssuerDN} is out of date"
            : null;
    }

    private static bool IsSignedBy(X509Crl list, Org.BouncyCastle.X509.X509Certificate issuer)
    {
        try
        {
            list.Verify(issuer.GetPublicKey());
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or CrlException or ArgumentException)
        {
            return false;
        }
    }
}
