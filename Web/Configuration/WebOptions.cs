using PartnerPlatform.Contracts.Settings;

namespace PartnerPlatform.Web.Configuration;

/// <summary>Everything that the portal is told from outside.</summary>
public sealed record WebOptions(
    [Setting("WEB_LISTEN", "address:port that it listens on", Example = "0.0.0.0:8080")]
    string Listen,
    [Setting("WEB_PUBLIC_URL", "where browsers find it, and Identity sends people back to; https, but for loopback addresses", Example = "https://portal.example.com")]
    Uri PublicUrl,
    [Setting("WEB_IDENTITY_URL", "issuer that people log in at; https, but for loopback addresses", Example = "https://identity.example.com")]
    Uri Identity,
    [Setting("WEB_PLATFORM_URL", "whose GraphQL API the pages ask; https, but for loopback addresses", Example = "https://platform.example.com")]
    Uri Platform,
    [Setting("WEB_CLIENT_SECRET_FILE", "holds the secret of the OAuth client `portal`, the one that Identity was given", Example = "/run/secrets/portal")]
    string ClientSecretFile,
    [Setting("WEB_STATE_DIR", "keeps the keys that protect cookies and drafts, so that they survive a restart; mode 700", Example = "/var/lib/portal")]
    string StateFolder,
    [Setting(SettingsReader.Certificate, "certificate that it listens with, see [below](#tls-between-the-parts)", Otherwise = "none: no TLS", Example = "/etc/portal/portal.pem")]
    string? Certificate = null)
{
    public const string ClientId = "portal";

    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static WebOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var options = new WebOptions(
            settings.Required("WEB_LISTEN", "address:port"),
            settings.SecureUrl("WEB_PUBLIC_URL", "where browsers find the portal"),
            settings.SecureUrl("WEB_IDENTITY_URL", "where people log in"),
            settings.SecureUrl("WEB_PLATFORM_URL", "whose API the pages ask"),
            settings.RequiredFile("WEB_CLIENT_SECRET_FILE", "the secret of the OAuth client `portal`"),
            settings.Required("WEB_STATE_DIR", "folder for the keys of cookies and drafts"),
            settings.OptionalFile(SettingsReader.Certificate));
        settings.Require(
            options.Listen.Length == 0 || Uri.TryCreate($"http://{options.Listen}", UriKind.Absolute, out _), "WEB_LISTEN", $"is '{options.Listen}': address:port is needed");
        settings.ThrowIfFaulty();
        return options with { PublicUrl = Base(options.PublicUrl), Identity = Base(options.Identity), Platform = Base(options.Platform) };
    }

    /// <summary>Without the final slash, the last part of its path would be lost in every address that is made from it.</summary>
    private static Uri Base(Uri url) => url.AbsolutePath.EndsWith('/') ? url : new UriBuilder(url) { Path = $"{url.AbsolutePath}/" }.Uri;

    public string ReadClientSecret() => File.ReadAllText(ClientSecretFile).Trim();
}
