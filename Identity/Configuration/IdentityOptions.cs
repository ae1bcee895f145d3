using PartnerPlatform.Contracts.Settings;

namespace PartnerPlatform.Identity.Configuration;

/// <summary>Everything that Identity is told from outside.</summary>
/// <param name="KeyAnnounce">Longer than any reader keeps the JWKS.</param>
/// <param name="Portal">The portal's client, or null.</param>
/// <param name="Provider">An OpenID Connect provider outside at which people log in, or null.</param>
internal sealed record IdentityOptions(
    [Setting("IDENTITY_URL", "issuer of its tokens, and where others find it; https, but for loopback addresses", Example = "https://identity.example.com")]
    Uri Issuer,
    [Setting("IDENTITY_DATABASE", "PostgreSQL connection string", Example = "Host=postgres;Database=identity;Username=identity;Password=...")]
    string Database,
    [Setting("PLATFORM_URL", "whose feed its clients come from", Example = "https://platform.example.com")]
    Uri Platform,
    [Setting("IDENTITY_MASTER_KEY_FILE", "32 bytes in base64; wraps the signing keys in the database", Example = "/run/secrets/identity-master")]
    string MasterKeyFile,
    [Setting("IDENTITY_APPLY_SCHEMA", "bring the database to this version's schema at start; in production run it once with the argument `apply-schema`", Default = "false", Example = "true")]
    bool ApplySchema,
    [Setting("IDENTITY_TOKEN_LIFETIME", "of access tokens", Default = "10m", Example = "5m")]
    TimeSpan TokenLifetime,
    [Setting("IDENTITY_KEY_ROTATION", "how long one key signs", Default = "30d", Example = "90d")]
    TimeSpan KeyRotation,
    [Setting("IDENTITY_KEY_ANNOUNCE", "how long a key is in the JWKS before it signs", Default = "1d", Example = "2d")]
    TimeSpan KeyAnnounce,
    [Setting("IDENTITY_SESSION_LIFETIME", "how long a person stays logged in, in the browser and by refresh tokens", Default = "12h", Example = "1h")]
    TimeSpan SessionLifetime,
    [Setting("IDENTITY_LOGIN_ATTEMPTS", "failed logins under a name before it has to wait", Default = "5", Example = "3")]
    int LoginAttempts,
    [Setting("IDENTITY_LOGIN_DELAY", "the first wait; doubled by each further failure, up to 64 times as long", Default = "30s", Example = "1m")]
    TimeSpan LoginDelay,
    [Setting("IDENTITY_TOKEN_RATE", "requests for tokens (also to look at them, and to revoke them) that one address may make in the long run, 20 seconds' worth at once; 0 = any. Behind a proxy set `ASPNETCORE_FORWARDEDHEADERS_ENABLED=true`, or all have its address", Default = "50", Unit = "a second", Example = "200")]
    int TokenRate,
    [Setting("IDENTITY_LOGIN_RATE", "the same for what people send: logins, codes, passwords", Default = "5", Unit = "a second", Example = "20")]
    int LoginRate,
    PortalOptions? Portal,
    ProviderOptions? Provider,
    [Setting("IDENTITY_LOCAL_PASSWORDS", "whether people log in with passwords kept here, and accept invitations. What is open by a way that is closed ends", Otherwise = "`true`; with an identity provider `false`", Example = "true")]
    bool LocalPasswords)
{
    /// <summary>How long the longest-living token lives: refresh tokens live as long as sessions.</summary>
    public TimeSpan LongestToken => TokenLifetime > SessionLifetime ? TokenLifetime : SessionLifetime;

    /// <summary>
    /// Whether this person may come in the way that the account was made for. What was opened by a way that the settings have closed meanwhile is closed too.
    /// </summary>
    public bool Takes(People.Account account) => account.Issuer is { } issuer ? issuer == Provider?.Issuer.AbsoluteUri : LocalPasswords;

    /// <summary>Without the database's password.</summary>
    public override string ToString() => $"Identity at {Issuer}";

    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static IdentityOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var issuer = settings.SecureUrl("IDENTITY_URL", "the issuer of its tokens");
        var provider = ProviderOptions.Read(settings, issuer);
        var options = new IdentityOptions(
            issuer,
            settings.Required("IDENTITY_DATABASE", "PostgreSQL connection string"),
            settings.Url("PLATFORM_URL", "where clients and people come from"),
            settings.Required("IDENTITY_MASTER_KEY_FILE", "file with the key that wraps keys kept in the database"),
            settings.Flag("IDENTITY_APPLY_SCHEMA", otherwise: false),
            settings.Duration("IDENTITY_TOKEN_LIFETIME", TimeSpan.FromMinutes(10)),
            settings.Duration("IDENTITY_KEY_ROTATION", TimeSpan.FromDays(30)),
            settings.Duration("IDENTITY_KEY_ANNOUNCE", TimeSpan.FromDays(1)),
            settings.Duration("IDENTITY_SESSION_LIFETIME", TimeSpan.FromHours(12)),
            settings.Int("IDENTITY_LOGIN_ATTEMPTS", 5, from: 2),
            settings.Duration("IDENTITY_LOGIN_DELAY", TimeSpan.FromSeconds(30)),
            settings.Int("IDENTITY_TOKEN_RATE", 50, from: 0),
            settings.Int("IDENTITY_LOGIN_RATE", 5, from: 0),
            PortalOptions.Read(settings),
            provider,
            settings.Flag("IDENTITY_LOCAL_PASSWORDS", otherwise: provider is null));
        settings.Require(
            options.KeyAnnounce < options.KeyRotation, "IDENTITY_KEY_ANNOUNCE", "must be shorter than IDENTITY_KEY_ROTATION: a key is announced while the one before it signs");
        settings.Require(
            options.LocalPasswords || options.Provider is not null, "IDENTITY_LOCAL_PASSWORDS", "is false, and there is no IDENTITY_PROVIDER_ISSUER: nobody could log in");
        settings.ThrowIfFaulty();
        return options;
    }
}
