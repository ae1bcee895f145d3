using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>The way from a peer's certificate to one that is believed in. As in a Java trust store, any certificate may be such an anchor, not only a root.</summary>
internal sealed class CertificatePath : IDisposable
{
    private readonly X509Chain _chain;

    private CertificatePath(X509Chain chain) => _chain = chain;

    /// <summary>Why there is none; null: there is one.</summary>
    public string? Problem { get; private init; }

    /// <summary>The peer's own certificate first, each one's issuer behind it.</summary>
    public IReadOnlyList<X509Certificate2> Certificates => [.. _chain.ChainElements.Select(e => e.Certificate)];

    /// <summary>
    /// For the path that a handshake builds by itself before it asks anybody: it believes in nobody, and looks for nothing. Without it, it would fetch missing issuers from addresses that
    /// the peer's certificate names, and wait for them.
    /// </summary>
    public static X509ChainPolicy OfHandshake() =>
        new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, TrustMode = X509ChainTrustMode.CustomRootTrust };

    /// <param name="between">What the peer sent beside it.</param>
    /// <param name="anchors">Null: the machine's certificate authorities.</param>
    /// <param name="purpose">What the certificate must be made for, where it says that (extended key usage).</param>
    public static CertificatePath Build(X509Certificate2 own, IEnumerable<X509Certificate2>? between, X509Certificate2Collection? anchors, Oid purpose)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        chain.ChainPolicy.ExtraStore.AddRange((between ?? []).ToArray());
        if (anchors is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        }

        return new CertificatePath(chain) { Problem = chain.Build(own) || (anchors is not null && LacksOnlyItsRoot(chain, anchors)) ? null : Explain(chain) };
    }

    public void Dispose() => _chain.Dispose();

    private static bool LacksOnlyItsRoot(X509Chain chain, X509Certificate2Collection anchors) =>
        chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot)
        && chain.ChainElements.Any(e => anchors.Any(a => a.RawDataMemory.Span.SequenceEqual(e.Certificate.RawDataMemory.Span)));

    private static string Explain(X509Chain chain) => string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct());
}
