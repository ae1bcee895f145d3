namespace PartnerPlatform.Identity.Configuration;

/// <summary>Everything that Identity is told from outside.</summary>
/// <param name="Issuer"><c>IDENTITY_URL</c>: the <c>iss</c> of its tokens and where others find it. Plain http only on a loopback address.</param>
/// <param name="Database"><c>IDENTITY_DATABASE</c>: PostgreSQL connection string.</param>
/// <param name="Platform"><c>PLATFORM_URL</c>: whose feed the clients come from.</param>
/// <param name="MasterKeyFile"><c>IDENTITY_MASTER_KEY_FILE</c>: base64, 32 bytes; wraps the signing keys in the database.</param>
/// <param name="ApplySchema"><c>IDENTITY_APPLY_SCHEMA</c>, default false: bring the database to this version's schema at start.</param>
/// <param name="TokenLifetime"><c>IDENTITY_TOKEN_LIFETIME</c>, default 10m.</param>
/// <param name="KeyRotation"><c>IDENTITY_KEY_ROTATION</c>, default 30d: how long one key signs.</param>
/// <param name="KeyAnnounce">
/// <c>IDENTITY_KEY_ANNOUNCE</c>, default 1d: how long a key is in the JWKS before it signs; longer than any reader keeps the JWKS.
/// </param>
/// <param name="SessionLifetime"><c>IDENTITY_SESSION_LIFETIME</c>, default 12h: how long a person stays logged in, in the browser and by refresh tokens.</param>
/// <param name="LoginAttempts"><c>IDENTITY_LOGIN_ATTEMPTS</c>, default 5: failed logins under a name before it has to wait.</param>
/// <param name="LoginDelay"><c>IDENTITY_LOGIN_DELAY</c>, default 30s: the first wait; doubled by each further failure, up to 64 times as long.</param>
/// <param name="TokenRate"><c>IDENTITY_TOKEN_RATE</c>, default 50: requests a second for tokens (also to look at them, and to revoke them) that one address may make in the long run; 20 seconds' worth at once; 0 = any.</param>
/// <param name="LoginRate"><c>IDENTITY_LOGIN_RATE</c>, default 5: the same for what people send: logins, codes, passwords.</param>
/// <param name="Portal">The portal's client, or null.</param>
/// <param name="Provider">An OpenID Connect provider outside at which people log in, or null.</param>
/// <param name="LocalPasswords"><c>IDENTITY_LOCAL_PASSWORDS</c>: whether people log in with passwords kept here; default true without a provider, false with one.</param>
internal sealed record IdentityOptions(
    Uri Issuer,
    string Database,
    Uri Platform,
    string MasterKeyFile,
    bool ApplySchema,
    TimeSpan TokenLifetime,
    TimeSpan KeyRotation,
    TimeSpan KeyAnnounce,
    TimeSpan SessionLifetime,
    int LoginAttempts,
    TimeSpan LoginDelay,
    int TokenRate,
    int LoginRate,
    PortalOptions? Portal,
    ProviderOptions? Provider,
    bool LocalPasswords)
{
    /// <summary>How long the longest-living token lives: refresh tokens live as long as sessions.</summary>
    public TimeSpan LongestToken => TokenLifetime > SessionLifetime ? TokenLifetime : SessionLifetime;

    /// <summary>
    /// Whether this person may come in the way that the account was made for. What was opened by a way that the settings have closed meanwhile is closed too.
    /// </summary>
    public bool Takes(People.Account account) => account.Issuer is { } issuer ? issuer == Provider?.Issuer.AbsoluteUri : LocalPasswords;

    public static IdentityOptions Read(IConfiguration configuration)
    {
        var settings = new Settings(configuration);
        var issuer = settings.Url("IDENTITY_URL");
        var provider = ProviderOptions.Read(settings, issuer);
        var options = new IdentityOptions(
            issuer,
            settings.Text("IDENTITY_DATABASE"),
            settings.Url("PLATFORM_URL"),
            settings.Text("IDENTITY_MASTER_KEY_FILE"),
            settings.Flag("IDENTITY_APPLY_SCHEMA", otherwise: false),
            settings.Duration("IDENTITY_TOKEN_LIFETIME", TimeSpan.FromMinutes(10)),
            settings.Duration("IDENTITY_KEY_ROTATION", TimeSpan.FromDays(30)),
            settings.Duration("IDENTITY_KEY_ANNOUNCE", TimeSpan.FromDays(1)),
            settings.Duration("IDENTITY_SESSION_LIFETIME", TimeSpan.FromHours(12)),
            settings.Number("IDENTITY_LOGIN_ATTEMPTS", 5, minimum: 2),
            settings.Duration("IDENTITY_LOGIN_DELAY", TimeSpan.FromSeconds(30)),
            settings.Number("IDENTITY_TOKEN_RATE", 50, minimum: 0),
            settings.Number("IDENTITY_LOGIN_RATE", 5, minimum: 0),
            PortalOptions.Read(settings),
            provider,
            settings.Flag("IDENTITY_LOCAL_PASSWORDS", otherwise: provider is null));
        settings.Require(
            options.Issuer.Scheme == "https" || options.Issuer.IsLoopback, "IDENTITY_URL", $"must be https unless it is a loopback address: {options.Issuer}");
        settings.Require(
            options.KeyAnnounce < options.KeyRotation, "IDENTITY_KEY_ANNOUNCE", "must be shorter than IDENTITY_KEY_ROTATION: a key is announced while the one before it signs");
        settings.Require(
            options.LocalPasswords || options.Provider is not null, "IDENTITY_LOCAL_PASSWORDS", "is false, and there is no IDENTITY_PROVIDER_ISSUER: nobody could log in");
        settings.ThrowIfFaulty();
        return options;
    }
}
