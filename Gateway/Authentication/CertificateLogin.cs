using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>Who a client is on listeners without SASL: the owner of its certificate, or nobody in particular.</summary>
/// <param name="certificates">Null: the listeners have no TLS.</param>
public sealed class CertificateLogin(ModelStore model, ClientCertificates? certificates = null)
{
    /// <summary>What stands in the place of a SASL mechanism.</summary>
    public const string Mechanism = "MTLS";

    public const string AnonymousMechanism = "ANONYMOUS";

    /// <summary>A session that ends, too, when the certificate that it was shown is taken no more.</summary>
    public Session Watched(Session session, X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return session;
        }

        var watch = certificates!.Watch(certificate);
        return session with { Lapse = () => session.Lapse?.Invoke() ?? watch() };
    }

    /// <param name="certificate">Taken by the handshake; null: the client showed none.</param>
    public LoginResult Login(X509Certificate2? certificate, string host)
    {
        if (certificate is null)
        {
            return model.Find(LoginIssuers.Anonymous, LoginIssuers.AnonymousSubject) is { } anonymous
                ? LoginResult.Of(new Session(
                    anonymous.VirtualCluster, anonymous.Name, new VouchedLogin(LoginIssuers.Anonymous, LoginIssuers.AnonymousSubject, AnonymousMechanism, long.MaxValue), long.MaxValue, host))
                : LoginResult.Refused(LoginCodes.UnknownAccount, "nobody without credentials is linked to a service account", null, LoginIssuers.AnonymousSubject);
        }

        if (certificates!.NameOf(certificate) is not { } name)
        {
            return LoginResult.Refused(LoginCodes.CertificateRefused, "no mapping rule matches the certificate's subject");
        }

        if (model.Find(LoginIssuers.Certificate, name) is not { } account)
        {
            return LoginResult.Refused(LoginCodes.UnknownAccount, "the certificate's principal is linked to no service account", null, name);
        }

        var credential = new VouchedLogin(LoginIssuers.Certificate, name, Mechanism, new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds());
        return LoginResult.Of(new Session(
            account.VirtualCluster, account.Name, credential, new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds(), host));
    }
}
