using PartnerPlatform.Contracts;

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
    [Setting("Kestrel__Certificates__Default__Path", "certificate that it listens with, see [below](#tls-between-the-parts)", Otherwise = "none: no TLS", Example = "/etc/portal/portal.pem")]
    string? Certificate = null)
{
    public const string ClientId = "portal";

    public static WebOptions Read(IConfiguration configuration)
    {
        var settings = new Settings(configuration);
        var options = new WebOptions(
            settings.Text("WEB_LISTEN"),
            settings.Url("WEB_PUBLIC_URL"),
            settings.Url("WEB_IDENTITY_URL"),
            settings.Url("WEB_PLATFORM_URL"),
            settings.Text("WEB_CLIENT_SECRET_FILE"),
            settings.Text("WEB_STATE_DIR"),
            configuration["Kestrel:Certificates:Default:Path"] is { Length: > 0 } certificate ? certificate : null);
        foreach (var (name, url) in new[] { ("WEB_PUBLIC_URL", options.PublicUrl), ("WEB_IDENTITY_URL", options.Identity), ("WEB_PLATFORM_URL", options.Platform) })
        {
            settings.Require(url.Scheme == Uri.UriSchemeHttps || url.IsLoopback, name, $"must be https unless it is a loopback address: {url}");
        }

        settings.Require(
            options.Listen.Length == 0 || Uri.TryCreate($"http://{options.Listen}", UriKind.Absolute, out _), "WEB_LISTEN", $"is no address:port: {options.Listen}");
        settings.Require(
            options.ClientSecretFile.Length == 0 || File.Exists(options.ClientSecretFile), "WEB_CLIENT_SECRET_FILE", $"names no file: {options.ClientSecretFile}");
        settings.Require(options.Certificate is null || File.Exists(options.Certificate), "Kestrel__Certificates__Default__Path", $"names no file: {options.Certificate}");
        settings.ThrowIfFaulty();
        return options;
    }

    public string ReadClientSecret() => File.ReadAllText(ClientSecretFile).Trim();
}
