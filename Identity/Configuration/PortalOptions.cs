using PartnerPlatform.Contracts.Settings;

namespace PartnerPlatform.Identity.Configuration;

/// <summary>The portal as an OAuth client.</summary>
internal sealed record PortalOptions(
    [Setting("IDENTITY_PORTAL_URL", "base URL of the portal, as browsers see it; with it the OAuth client `portal` is set up; https, but for loopback addresses", Otherwise = "none", Example = "https://portal.example.com")]
    Uri Url,
    [Setting("IDENTITY_PORTAL_SECRET_FILE", "the portal's client secret, 32 characters or more", Otherwise = "required with `IDENTITY_PORTAL_URL`", Example = "/run/secrets/portal")]
    string Secret)
{
    private const string UrlSetting = "IDENTITY_PORTAL_URL";
    private const string SecretSetting = "IDENTITY_PORTAL_SECRET_FILE";
    private const int ShortestSecret = 32;

    /// <summary>Null when neither setting is there.</summary>
    public static PortalOptions? Read(SettingsReader settings)
    {
        if (!settings.Has(UrlSetting) && !settings.Has(SecretSetting))
        {
            return null;
        }

        var secret = settings.Content(SecretSetting, "the portal's client secret");
        settings.Require(secret.Length is 0 or >= ShortestSecret, SecretSetting, $"names a file with {secret.Length} characters: {ShortestSecret} or more are needed");
        return new PortalOptions(settings.SecureUrl(UrlSetting, "base URL of the portal"), secret);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"portal at {Url}";
}
