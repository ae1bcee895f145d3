using Npgsql;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Configuration;

/// <summary>Everything that the control plane is told from outside.</summary>
/// <param name="FirstSecretFile">Null: no first client is made.</param>
public sealed record PlatformOptions(
    [Setting("PLATFORM_DATABASE", "PostgreSQL connection string", Example = "Host=postgres;Database=platform;Username=platform;Password=...")]
    string Database,
    [Setting("IDENTITY_URL", "issuer of the access tokens that are accepted; https, but for loopback addresses", Example = "https://identity.example.com")]
    Uri Identity,
    [Setting(GatewayTokens.SecretKeyVariable, "base64, 256 bit: signs tokens for SASL/PLAIN; the same on Platform and on every node", HasFile = true, Example = "/run/secrets/user-pool-key")]
    byte[] UserPoolSecretKey,
    [Setting(MasterKey.FileVariable, "32 bytes in base64; wraps keys in the database", Example = "/run/secrets/platform-master")]
    MasterKey MasterKey,
    [Setting(PlatformOptions.FirstSecret, "secret (32 characters or more) of the first OAuth client, `operator`, made at the first start", Otherwise = "none", Example = "/run/secrets/operator")]
    string? FirstSecretFile,
    [Setting("PLATFORM_APPLY_SCHEMA", "bring the database to this version's schema at start; in production run it once with the argument `db-apply`", Default = "false", Example = "true")]
    bool ApplySchema,
    [Setting("PLATFORM_URLS", "where it listens", Otherwise = "`ASPNETCORE_URLS`", Example = "http://127.0.0.1:8081")]
    string? Urls,
    [Setting("PLATFORM_FEED_MAXIMUM_LAG", "entries that a reader may be behind before it gets everything anew", Default = "10000", Example = "50000")]
    long FeedMaximumLag,
    [Setting("PLATFORM_PARTNER_INTROSPECTION", "whether partner admins may ask GraphQL for its schema", Default = "false", Example = "true")]
    bool PartnerIntrospection,
    [Setting("PLATFORM_ZONE_PENDING_HOURS", "how long a zone may wait for what it lacks before it has FAILED", Default = "24", Unit = "hours", Example = "72")]
    TimeSpan ZonePendingLimit)
{
    public const string FirstSecret = "PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE";

    private const int LongestPendingHours = 10 * 366 * 24;

    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static PlatformOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var options = new PlatformOptions(
            ConnectionString(settings),
            settings.SecureUrl("IDENTITY_URL", "base URL of Identity, the issuer of access tokens"),
            settings.Key(GatewayTokens.SecretKeyVariable, "the key of tokens for SASL/PLAIN"),
            new MasterKey(settings.KeyFile(MasterKey.FileVariable, "the key that seals keys kept in the database")),
            settings.OptionalFile(FirstSecret),
            settings.Flag("PLATFORM_APPLY_SCHEMA", false),
            settings.Optional("PLATFORM_URLS"),
            settings.Int("PLATFORM_FEED_MAXIMUM_LAG", (int)FeedOptions.Default.MaximumLag, 1),
            settings.Flag("PLATFORM_PARTNER_INTROSPECTION", false),
            TimeSpan.FromHours(settings.Int("PLATFORM_ZONE_PENDING_HOURS", 24, 1, LongestPendingHours)));
        settings.ThrowIfFaulty();
        return options;
    }

    /// <summary>Without the database's password.</summary>
    public override string ToString() => $"Platform with {Identity}";

    private static string ConnectionString(SettingsReader settings)
    {
        const string name = "PLATFORM_DATABASE";
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(settings.Required(name, "PostgreSQL connection string"));
            connection.ApplicationName ??= "platform";
            return connection.ConnectionString;
        }
        catch (ArgumentException)
        {
            // Its text quotes the connection string, which may hold a password.
            return settings.Fault(name, "is not a PostgreSQL connection string", "");
        }
    }
}
