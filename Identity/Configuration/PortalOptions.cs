using PartnerPlatform.Contracts;

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
    public static PortalOptions? Read(Settings settings)
    {
        if (!settings.Has(UrlSetting) && !settings.Has(SecretSetting))
        {
            return null;
        }

        var url = settings.Url(UrlSetting);
        settings.Require(url.Scheme == "https" || url.IsLoopback, UrlSetting, $"must be https unless it is a loopback address: {url}");
        var secret = settings.Secret(SecretSetting);
        settings.Require(secret is null || secret.Length >= ShortestSecret, SecretSetting, $"must hold {ShortestSecret} characters or more");
        return new PortalOptions(url, secret ?? "");
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"portal at {Url}";
}
