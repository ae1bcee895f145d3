using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Configuration;

/// <summary>An OpenID Connect provider outside, at which people log in instead of with passwords here.</summary>
/// <param name="Issuer"><c>IDENTITY_PROVIDER_ISSUER</c>, exactly as the provider's discovery document says it. Plain http only on a loopback address.</param>
/// <param name="ClientId"><c>IDENTITY_PROVIDER_CLIENT_ID</c>: Identity's client at the provider.</param>
/// <param name="ClientSecret"><c>IDENTITY_PROVIDER_CLIENT_SECRET</c>, or from the file <c>IDENTITY_PROVIDER_CLIENT_SECRET_FILE</c>.</param>
/// <param name="Scopes"><c>IDENTITY_PROVIDER_SCOPES</c>, with spaces; default <c>openid profile</c>. <c>openid</c> is always asked for.</param>
/// <param name="Name"><c>IDENTITY_PROVIDER_NAME</c>: what people know the provider by; default the issuer's host.</param>
/// <param name="RoleClaim"><c>IDENTITY_PROVIDER_ROLE_CLAIM</c>, default <c>groups</c>: the claim whose values <paramref name="Roles"/> maps.</param>
/// <param name="Roles"><c>IDENTITY_PROVIDER_ROLES</c>: from values of the claim to roles.</param>
/// <param name="OrganizationClaim"><c>IDENTITY_PROVIDER_ORGANIZATION_CLAIM</c>: the claim that names the organisation of partner admins; null = the mapping names it.</param>
/// <param name="LogOut"><c>IDENTITY_PROVIDER_LOGOUT</c>, default false: logging out here logs out at the provider too.</param>
internal sealed record ProviderOptions(
    Uri Issuer,
    string ClientId,
    string ClientSecret,
    IReadOnlyList<string> Scopes,
    string Name,
    string RoleClaim,
    RoleMapping Roles,
    string? OrganizationClaim,
    bool LogOut)
{
    private const string Prefix = "IDENTITY_PROVIDER_";
    private const string IssuerSetting = Prefix + "ISSUER";
    private const string SecretSetting = Prefix + "CLIENT_SECRET";
    private const string RolesSetting = Prefix + "ROLES";

    private static readonly string[] Others =
    [
        Prefix + "CLIENT_ID", SecretSetting, SecretSetting + "_FILE", Prefix + "SCOPES", Prefix + "NAME", Prefix + "ROLE_CLAIM", RolesSetting,
        Prefix + "ORGANIZATION_CLAIM", Prefix + "LOGOUT",
    ];

    /// <summary>Null when there is no issuer; then the other settings would mean nothing, and are refused.</summary>
    public static ProviderOptions? Read(Settings settings, Uri own)
    {
        if (!settings.Has(IssuerSetting))
        {
            foreach (var name in Others.Where(settings.Has))
            {
                settings.Require(false, name, $"means nothing without {IssuerSetting}");
            }

            return null;
        }

        var issuer = settings.Url(IssuerSetting);
        settings.Require(issuer.Scheme == "https" || issuer.IsLoopback, IssuerSetting, $"must be https unless it is a loopback address: {issuer}");
        settings.Require(
            issuer.Query.Length + issuer.Fragment.Length + issuer.UserInfo.Length == 0, IssuerSetting, $"has no query, fragment or user: {issuer.GetLeftPart(UriPartial.Path)}");
        settings.Require(issuer != own, IssuerSetting, $"is this Identity itself, not a provider: {issuer}");
        var organization = settings.Has(Prefix + "ORGANIZATION_CLAIM") ? settings.Text(Prefix + "ORGANIZATION_CLAIM") : null;
        var text = settings.Text(RolesSetting);
        var (roles, fault) = text.Length == 0 ? (RoleMapping.Empty, null) : RoleMapping.Parse(text, organizationFromClaim: organization is not null);
        settings.Require(fault is null, RolesSetting, fault ?? "");
        return new ProviderOptions(
            issuer,
            settings.Text(Prefix + "CLIENT_ID"),
            settings.SecretOrFile(SecretSetting),
            [.. (settings.Has(Prefix + "SCOPES") ? settings.Text(Prefix + "SCOPES") : "profile").Split(' ', StringSplitOptions.RemoveEmptyEntries).Append("openid").Distinct()],
            settings.Has(Prefix + "NAME") ? settings.Text(Prefix + "NAME") : issuer.Host,
            settings.Has(Prefix + "ROLE_CLAIM") ? settings.Text(Prefix + "ROLE_CLAIM") : "groups",
            roles,
            organization,
            settings.Flag(Prefix + "LOGOUT", otherwise: false));
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"provider {Issuer}";
}
