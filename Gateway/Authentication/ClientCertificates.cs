using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Gateway.Certificates;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>Which client certificates are taken, and whose they are, by files that may change while the node runs.</summary>
public sealed class ClientCertificates
{
    private static readonly Oid Purpose = new("1.3.6.1.5.5.7.3.2");

    private readonly PrincipalMapping _mapping;
    private readonly StoreFile<X509Certificate2Collection>? _trust;
    private readonly StoreFile<RevocationLists>? _revoked;
    private readonly TimeProvider _time;

    /// <summary>What clients sent beside their certificates: the way from there to an anchor.</summary>
    private readonly ConditionalWeakTable<X509Certificate2, X509Certificate2[]> _between = [];

    /// <exception cref="InvalidSettingException">A file cannot be used.</exception>
    public ClientCertificates(ListenerTlsOptions options, TimeProvider time, ILogger<ClientCertificates> logger)
    {
        (_mapping, _time) = (options.PrincipalMapping, time);
        _trust = options.Trust is { } trust ? new StoreFile<X509Certificate2Collection>("the listeners", trust, StoreReader.ReadTrust, time, logger) : null;
        _revoked = options.RevocationLists is { } lists ? new StoreFile<RevocationLists>("the listeners", lists, (_, content) => RevocationLists.Read(content), time, logger) : null;
    }

    /// <summary>The name of a certificate's owner without <c>User:</c>; null: no mapping rule matches.</summary>
    public string? NameOf(X509Certificate2 certificate) => _mapping.NameOf(DistinguishedName.Of(certificate.SubjectName));

    /// <summary>Looks whether the files have changed; cheap, and at most once a second.</summary>
    public void LookAtFiles()
    {
        _trust?.Look();
        _revoked?.Look();
    }

    /// <summary>Why a certificate is not taken by the files as they are now; null: it is.</summary>
    /// <param name="sent">What the client sent beside it; remembered with the certificate.</param>
    public string? Refusal(X509Certificate2 certificate, X509Chain? sent)
    {
        if (sent is not null)
        {
            // Copies: the handshake disposes of its own.
            _between.AddOrUpdate(certificate, [.. sent.ChainElements.Select(e => e.Certificate).Concat(sent.ChainPolicy.ExtraStore).Select(c => X509CertificateLoader.LoadCertificate(c.RawData))]);
        }

        return Refusal(certificate);
    }

    /// <summary>
    /// To be asked again and again: why a certificate that was taken is taken no more; null: it still is. Cheap as long as no file changes, and no list goes out of date. The first time it
    /// looks: the handshake, which took it, may be long ago.
    /// </summary>
    public Func<string?> Watch(X509Certificate2 certificate)
    {
        (object? Trust, object? Revoked, bool IsOutOfDate)? seen = null;
        return () =>
        {
            var now = Edition();
            if (now == seen || Refusal(certificate) is not { } refusal)
            {
                seen = now;
                return null;
            }

            return refusal;
        };
    }

    private string? Refusal(X509Certificate2 certificate)
    {
        if (_trust is null)
        {
            return "client certificates are not taken";
        }

        using var path = CertificatePath.Build(certificate, _between.TryGetValue(certificate, out var between) ? between : null, _trust.Current, Purpose);
        return path.Problem is { } problem ? $"the client's certificate is not trusted: {problem}" : _revoked?.Current.Refusal(path.Certificates, _time.GetUtcNow());
    }

    private (object? Trust, object? Revoked, bool IsOutOfDate) Edition() => (_trust?.Current, _revoked?.Current, _revoked?.Current.IsOutOfDate(_time.GetUtcNow()) ?? false);
}
