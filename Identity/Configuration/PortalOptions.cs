namespace PartnerPlatform.Identity.Configuration;

/// <summary>The portal as an OAuth client.</summary>
/// <param name="Url"><c>IDENTITY_PORTAL_URL</c>: base URL, as browsers see it. Plain http only on a loopback address.</param>
/// <param name="Secret">From <c>IDENTITY_PORTAL_SECRET_FILE</c>: 32 characters or more.</param>
internal sealed record PortalOptions(Uri Url, string Secret)
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
