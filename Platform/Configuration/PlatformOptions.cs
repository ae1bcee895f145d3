using Npgsql;
using PartnerPlatform.Contracts;
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

    /// <exception cref="ConfigurationFault">A setting is missing or wrong.</exception>
    public static PlatformOptions Read(IConfiguration configuration) => new(
        ConnectionString(configuration),
        IdentityUrl(configuration),
        PoolKey(configuration),
        MasterKey.FromFile(configuration.Required(MasterKey.FileVariable, "file with 32 random bytes in base64; seals keys kept in the database")),
        configuration.Optional(FirstSecret) is { } file && !File.Exists(file) ? throw new ConfigurationFault(FirstSecret, $"there is no file '{file}'.") : configuration.Optional(FirstSecret),
        configuration.Flag("PLATFORM_APPLY_SCHEMA", false),
        configuration.Optional("PLATFORM_URLS"),
        configuration.Number("PLATFORM_FEED_MAXIMUM_LAG", FeedOptions.Default.MaximumLag, 1),
        configuration.Flag("PLATFORM_PARTNER_INTROSPECTION", false),
        TimeSpan.FromHours(configuration.Number("PLATFORM_ZONE_PENDING_HOURS", 24, 1)));

    /// <summary>Without the database's password.</summary>
    public override string ToString() => $"Platform with {Identity}";

    private static string ConnectionString(IConfiguration configuration)
    {
        const string name = "PLATFORM_DATABASE";
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(configuration.Required(name, "PostgreSQL connection string"));
            settings.ApplicationName ??= "platform";
            return settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            throw new ConfigurationFault(name, "is not a PostgreSQL connection string.");
        }
    }

    private static Uri IdentityUrl(IConfiguration configuration)
    {
        const string name = "IDENTITY_URL";
        var text = configuration.Required(name, "base URL of Identity, the issuer of access tokens");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)) ? url
            : throw new ConfigurationFault(name, $"'{text}' is not an https URL (http is for loopback only).");
    }

    private static byte[] PoolKey(IConfiguration configuration)
    {
        const string name = GatewayTokens.SecretKeyVariable;
        try
        {
            var key = Convert.FromBase64String(configuration.Secret(name, "base64, 256 bit, signs tokens for SASL/PLAIN"));
            return key.Length == 32 ? key : throw new ConfigurationFault(name, $"has {key.Length * 8} bits, 256 are needed.");
        }
        catch (FormatException)
        {
            throw new ConfigurationFault(name, "is not base64.");
        }
    }
}
