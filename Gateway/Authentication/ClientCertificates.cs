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
    /// <param name="sent">What the client sent beside it.</param>
    public string? Refusal(X509Certificate2 certificate, X509Chain? sent)
    {
        if (_trust is null)
        {
            return "client certificates are not taken";
        }

        using var path = CertificatePath.Build(certificate, sent, _trust.Current, Purpose);
        return path.Problem is { } problem ? $"the client's certificate is not trusted: {problem}" : _revoked?.Current.Refusal(path.Certificates, _time.GetUtcNow());
    }
}
