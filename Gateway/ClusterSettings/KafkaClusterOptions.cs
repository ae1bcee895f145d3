using System.Security.Authentication;

namespace PartnerPlatform.ClusterSettings;

/// <summary>What a physical cluster is for; <c>gateway.roles</c>.</summary>
public enum ClusterRole
{
    Main,
    Upstream,
    Failover,
}

/// <summary>How brokers are reached, in Kafka's words.</summary>
public enum BrokerProtocol
{
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL,
}

/// <summary>How a node reaches a physical cluster.</summary>
/// <param name="Name">Name of the cluster; <c>main</c> for <c>KAFKA_*</c>.</param>
/// <param name="BootstrapServers">bootstrap.servers.</param>
/// <param name="Tls">Null: the protocol has no TLS.</param>
/// <param name="Sasl">Null: the protocol has no SASL.</param>
public sealed record KafkaClusterOptions(
    string Name, ClusterRole Role, IReadOnlyList<(string Host, int Port)> BootstrapServers, BrokerProtocol Protocol, TlsOptions? Tls, SaslOptions? Sasl)
{
    public const string Main = "main";

    /// <summary>Protocol and mechanism, for logs.</summary>
    public string Security => Sasl is null ? Protocol.ToString() : $"{Protocol} {Sasl.Mechanism}";
}

/// <summary>TLS to brokers.</summary>
/// <param name="Trust">Whom to believe; null: the machine's certificate authorities.</param>
/// <param name="Keys">Who the gateway is; null: it shows no certificate.</param>
/// <param name="VerifyHostName">ssl.endpoint.identification.algorithm: false only where that is given and empty.</param>
/// <param name="Versions">ssl.enabled.protocols.</param>
public sealed record TlsOptions(StoreOptions? Trust, StoreOptions? Keys, bool VerifyHostName, SslProtocols Versions);

/// <summary>Formats of key and trust stores. JKS and PKCS12 are told apart by content, as Java does it: either name takes both.</summary>
public enum StoreFormat
{
    PEM,
    PKCS12,
    JKS,
}

/// <summary>A key or trust store: a file, or PEM text in the configuration itself.</summary>
/// <param name="Setting">What the operator knows it as, for messages.</param>
/// <param name="Location">Null: the text is inline.</param>
/// <param name="Inline">Certificates, and for a key store the key, as PEM; null: see <paramref name="Location"/>.</param>
/// <param name="Password">Of the store.</param>
/// <param name="KeyPassword">Of the key in it, where that is another.</param>
public sealed record StoreOptions(string Setting, StoreFormat Format, string? Location, Secret? Inline, Secret? Password, Secret? KeyPassword);

/// <summary>A login to brokers; a record for each mechanism.</summary>
/// <param name="Mechanism">sasl.mechanism.</param>
public abstract record SaslOptions(string Mechanism);

/// <summary>PLAIN and SCRAM.</summary>
/// <param name="DelegationToken">The user is the id of a delegation token, the password its HMAC (SCRAM only).</param>
public sealed record PasswordOptions(string Mechanism, string User, Secret Password, bool DelegationToken) : SaslOptions(Mechanism);

/// <summary>OAUTHBEARER by client credentials.</summary>
/// <param name="Extensions">SASL extensions (KIP-342).</param>
public sealed record OAuthBearerOptions(Uri TokenEndpoint, string ClientId, Secret ClientSecret, string? Scope, IReadOnlyDictionary<string, string> Extensions) : SaslOptions("OAUTHBEARER");

/// <summary>AWS_MSK_IAM. Credentials are AWS's own variables, or a profile.</summary>
/// <param name="Profile">awsProfileName; null: AWS_ACCESS_KEY_ID, else the profile that AWS_PROFILE names, else <c>default</c>.</param>
/// <param name="Aws">AWS_* as they are configured.</param>
/// <param name="Role">Whom to become by means of those; null: nobody.</param>
public sealed record MskIamOptions(string? Profile, AwsEnvironment Aws, AwsRole? Role = null) : SaslOptions("AWS_MSK_IAM");

/// <summary>A role of AWS.</summary>
/// <param name="Arn">awsRoleArn.</param>
/// <param name="SessionName">awsRoleSessionName.</param>
/// <param name="ExternalId">awsRoleExternalId.</param>
public sealed record AwsRole(string Arn, string SessionName, string? ExternalId);

/// <summary>What AWS's tools read from the environment.</summary>
/// <param name="CredentialsFile">AWS_SHARED_CREDENTIALS_FILE, default <c>~/.aws/credentials</c>.</param>
/// <param name="Region">AWS_REGION, AWS_DEFAULT_REGION: for brokers whose host name does not tell.</param>
public sealed record AwsEnvironment(string? AccessKeyId, Secret? SecretAccessKey, Secret? SessionToken, string? Profile, string CredentialsFile, string? Region);

/// <summary>GSSAPI (Kerberos 5).</summary>
/// <param name="ServiceName">sasl.kerberos.service.name: first part of the brokers' principals.</param>
/// <param name="KeyTab">Null: the process's ticket cache (useTicketCache=true).</param>
/// <param name="Principal">Who the gateway is; null with a ticket cache.</param>
public sealed record GssapiOptions(string ServiceName, string? KeyTab, string? Principal) : SaslOptions("GSSAPI");
