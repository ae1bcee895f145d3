using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Configuration;

/// <summary>An OpenID Connect provider outside, at which people log in instead of with passwords here.</summary>
/// <param name="OrganizationClaim">Null: the mapping names the organisation.</param>
internal sealed record ProviderOptions(
    [Setting("IDENTITY_PROVIDER_ISSUER", "the provider, exactly as its discovery document says `issuer`; https, but for loopback addresses", Otherwise = "none", Example = "https://login.example.com/realms/staff")]
    Uri Issuer,
    [Setting("IDENTITY_PROVIDER_CLIENT_ID", "Identity's client there: confidential, code flow", Otherwise = "required with the issuer", Example = "partnerplatform")]
    string ClientId,
    [Setting("IDENTITY_PROVIDER_CLIENT_SECRET", "its secret", Otherwise = "required with the issuer", HasFile = true, Example = "/run/secrets/provider-client")]
    string ClientSecret,
    [Setting("IDENTITY_PROVIDER_SCOPES", "what to ask for, with spaces; `openid` always is", Default = "openid profile", Example = "openid profile groups")]
    IReadOnlyList<string> Scopes,
    [Setting("IDENTITY_PROVIDER_NAME", "what people know it by: \"Log in with ...\"", Otherwise = "the issuer's host", Example = "Example Ltd.")]
    string Name,
    [Setting("IDENTITY_PROVIDER_ROLE_CLAIM", "claim of the ID token (or of the user info) whose values the roles are made from: a text or a list", Default = "groups", Example = "roles")]
    string RoleClaim,
    [Setting("IDENTITY_PROVIDER_ROLES", "`value=role` with semicolons, from values of the claim to `operator`, `auditor` or `partner_admin:organisation` (by name); the last `=` separates; the first entry that fits counts; who fits none gets no session", Otherwise = "required with the issuer", Example = "kafka-admins=operator;revision=auditor;acme=partner_admin:acme")]
    RoleMapping Roles,
    [Setting("IDENTITY_PROVIDER_ORGANIZATION_CLAIM", "claim that names the organisation, exactly one; with it `partner_admin` may stand without an organisation", Otherwise = "none", Example = "organisation")]
    string? OrganizationClaim,
    [Setting("IDENTITY_PROVIDER_LOGOUT", "logging out here also logs out there, where the provider has an `end_session_endpoint`", Default = "false", Example = "true")]
    bool LogOut)
{
    private const string IssuerSetting = "IDENTITY_PROVIDER_ISSUER";
    private const string RolesSetting = "IDENTITY_PROVIDER_ROLES";
    private const string OrganizationSetting = "IDENTITY_PROVIDER_ORGANIZATION_CLAIM";

    /// <summary>Null when there is no issuer; then the other settings would mean nothing, and are refused.</summary>
    public static ProviderOptions? Read(SettingsReader settings, Uri own)
    {
        if (!settings.Has(IssuerSetting))
        {
            foreach (var name in SettingAttribute.Of(typeof(ProviderOptions)).SelectMany(setting => setting.Names).Where(settings.Has))
            {
                settings.Require(false, name, $"means nothing without {IssuerSetting}");
            }

            return null;
        }

        var issuer = settings.SecureUrl(IssuerSetting, "the provider");
        settings.Require(
            issuer.Query.Length + issuer.Fragment.Length + issuer.UserInfo.Length == 0, IssuerSetting, $"has no query, fragment or user: {issuer.GetLeftPart(UriPartial.Path)}");
        settings.Require(issuer != own || issuer == SettingsReader.Nowhere, IssuerSetting, $"is this Identity itself, not a provider: {issuer}");
        var organization = settings.Optional(OrganizationSetting);
        var text = settings.Required(RolesSetting, "who may come in, as what");
        var (roles, fault) = text.Length == 0 ? (RoleMapping.Empty, null) : RoleMapping.Parse(text, organizationFromClaim: organization is not null);
        settings.Require(fault is null, RolesSetting, fault ?? "");
        return new ProviderOptions(
            issuer,
            settings.Required("IDENTITY_PROVIDER_CLIENT_ID", "Identity's client at the provider"),
            settings.Secret("IDENTITY_PROVIDER_CLIENT_SECRET", "the secret of that client"),
            [.. (settings.Optional("IDENTITY_PROVIDER_SCOPES") ?? "openid profile").Split(' ', StringSplitOptions.RemoveEmptyEntries).Append("openid").Distinct()],
            settings.Optional("IDENTITY_PROVIDER_NAME") ?? issuer.Host,
            settings.Optional("IDENTITY_PROVIDER_ROLE_CLAIM") ?? "groups",
            roles,
            organization,
            settings.Flag("IDENTITY_PROVIDER_LOGOUT", otherwise: false));
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"provider {Issuer}";
}
