namespace PartnerPlatform.Contracts.Tokens;

/// <summary>Values of the claim <c>role</c> in access tokens of Identity.</summary>
public static class Roles
{
    public const string Operator = "operator";
    public const string Auditor = "auditor";
    public const string PartnerAdmin = "partner_admin";
    public const string Node = "node";

    /// <summary>A service account that decides something by Kafka's admin API; never in a token.</summary>
    public const string ServiceAccount = "service_account";

    /// <summary>A service account's OAuth client: its tokens are for gateways (<see cref="GatewayTokens.Audience"/>), not for Platform.</summary>
    public const string Application = "application";

    /// <summary>Identity itself, following its part of the feed.</summary>
    public const string Identity = "identity";
}

/// <summary>Claims and fixed values of access tokens (<c>typ at+jwt</c>) that Platform accepts.</summary>
public static class AccessTokens
{
    public const string Audience = "platform";
    public const string RoleClaim = "role";
    public const string OrganizationClaim = "organization";

    /// <summary>Scope that a person's token needs for the audience above; clients need not ask for it.</summary>
    public const string PlatformScope = "platform";

    public const string ClientIdClaim = "client_id";

    /// <summary>The client through which people come; Identity sets it up by its own settings.</summary>
    public const string PortalClientId = "portal";

    /// <summary>A client's id, equal to its <see cref="ClientIdClaim"/>, or the id of a person, who came through that client.</summary>
    public const string SubjectClaim = "sub";

    /// <summary>What a person wants to be called; clients have none.</summary>
    public const string NameClaim = "name";
}

/// <summary>
/// Tokens for SASL/PLAIN: JWTs signed with HS256 and <c>GATEWAY_USER_POOL_SECRET_KEY</c> (base64, 256 bit), used as the password.
/// Claims: iss, aud, sub (account name = user name), vcluster (virtual cluster name), jti (id in <see cref="Feed.LiveToken"/>), iat, exp.
/// </summary>
public static class GatewayTokens
{
    public const string Issuer = "partnerplatform";
    public const string Audience = "gateway";
    public const string VirtualClusterClaim = "vcluster";
    public const string SecretKeyVariable = "GATEWAY_USER_POOL_SECRET_KEY";
}

/// <summary>Who vouches for a login where no OAuth issuer (an https URL) does: issuers of the identities that service accounts are linked to.</summary>
public static class LoginIssuers
{
    /// <summary>Authorities of client certificates that the nodes trust; the subject is what the mapping rules make of the certificate's.</summary>
    public const string Certificate = "certificate";

    /// <summary>The backing Kafka cluster, by delegated logins; the subject is its user.</summary>
    public const string Kafka = "kafka";

    /// <summary>Nobody: clients of PLAINTEXT and SSL listeners; the subject is <see cref="AnonymousSubject"/>.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>As Kafka calls them.</summary>
    public const string AnonymousSubject = "ANONYMOUS";

    public static readonly IReadOnlyList<string> All = [Certificate, Kafka, Anonymous];
}
