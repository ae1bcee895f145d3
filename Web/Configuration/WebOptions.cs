namespace PartnerPlatform.Web.Configuration;

/// <summary>Everything that the portal is told from outside.</summary>
/// <param name="Listen"><c>WEB_LISTEN</c>: address:port.</param>
/// <param name="PublicUrl"><c>WEB_PUBLIC_URL</c>: where browsers find it; Identity sends people back there. Plain http only on a loopback address.</param>
/// <param name="Identity"><c>WEB_IDENTITY_URL</c>: issuer that people log in at.</param>
/// <param name="Platform"><c>WEB_PLATFORM_URL</c>: whose GraphQL API the pages ask.</param>
/// <param name="ClientSecretFile"><c>WEB_CLIENT_SECRET_FILE</c>: holds the secret of the OAuth client <c>portal</c>.</param>
/// <param name="StateFolder"><c>WEB_STATE_DIR</c>: keeps the keys that protect cookies, so that they survive a restart.</param>
/// <param name="Certificate"><c>Kestrel__Certificates__Default__Path</c>, as ASP.NET Core names it; null: no TLS.</param>
public sealed record WebOptions(string Listen, Uri PublicUrl, Uri Identity, Uri Platform, string ClientSecretFile, string StateFolder, string? Certificate = null)
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
