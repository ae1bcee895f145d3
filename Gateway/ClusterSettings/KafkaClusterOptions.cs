using System.Security.Authentication;

namespace PartnerPlatform.ClusterSettings;

/// <summary>What a physical cluster is for.</summary>
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

/// <summary>How a node reaches a physical cluster. Settings go by the Java client's properties.</summary>
/// <param name="Name">Name of the cluster; <c>main</c> for <c>KAFKA_*</c>.</param>
/// <param name="Tls">Null: the protocol has no TLS.</param>
/// <param name="Sasl">Null: the protocol has no SASL.</param>
public sealed record KafkaClusterOptions(
    string Name,
    [Setting("gateway.roles", "what another cluster than `main` is for: `upstream` or `failover`", Otherwise = "required, but for `main`", Example = "failover")]
    ClusterRole Role,
    [Setting("bootstrap.servers", "brokers, host:port with commas", Example = "broker-1:9093,broker-2:9093")]
    IReadOnlyList<(string Host, int Port)> BootstrapServers,
    [Setting("security.protocol", "`PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`", Default = "PLAINTEXT", Example = "SASL_SSL")]
    BrokerProtocol Protocol,
    TlsOptions? Tls,
    [Setting("sasl.mechanism", "`PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER`, `AWS_MSK_IAM` or `GSSAPI`", Otherwise = "required with SASL", Example = "SCRAM-SHA-512")]
    [Setting("sasl.jaas.config", "login module and its options, as Kafka's clients read it", Otherwise = "required with SASL", HasFile = true, Example = "/run/secrets/jaas")]
    [Setting("sasl.oauthbearer.token.endpoint.url", "where tokens come from, by client credentials; https, but for loopback addresses", Otherwise = "required with `OAUTHBEARER`", Example = "https://login.example.com/token")]
    [Setting("sasl.oauthbearer.client.credentials.client.id", "OAuth client, in the place of the JAAS option", Otherwise = "option `clientId`", Example = "gateway")]
    [Setting("sasl.oauthbearer.client.credentials.client.secret", "its secret", Otherwise = "option `clientSecret`", HasFile = true, Example = "/run/secrets/kafka-client")]
    [Setting("sasl.oauthbearer.scope", "scope to ask for", Otherwise = "option `scope`", Example = "kafka")]
    [Setting("sasl.kerberos.service.name", "first part of the brokers' principals", Otherwise = "required with `GSSAPI`", Example = "kafka")]
    [Setting("sasl.login.callback.handler.class", "only Kafka's `OAuthBearerLoginCallbackHandler` or AWS's `IAMClientCallbackHandler`, whose work the gateway does anyway", Otherwise = "none", Example = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler")]
    [Setting("sasl.client.callback.handler.class", "the same", Otherwise = "none", Example = "software.amazon.msk.auth.iam.IAMClientCallbackHandler")]
    SaslOptions? Sasl)
{
    public const string Main = "main";

    /// <summary>Protocol and mechanism, for logs.</summary>
    public string Security => Sasl is null ? Protocol.ToString() : $"{Protocol} {Sasl.Mechanism}";
}

/// <summary>TLS to brokers.</summary>
/// <param name="Keys">Null: the gateway shows no certificate.</param>
public sealed record TlsOptions(
    [Setting("ssl.truststore.location", "certificates to believe in; each of them is an anchor", Otherwise = "the machine's authorities", Example = "/etc/gateway/brokers.p12")]
    [Setting("ssl.truststore.certificates", "the same, as PEM text", Otherwise = "none", Example = "-----BEGIN CERTIFICATE----- ...")]
    [Setting("ssl.truststore.type", "`JKS`, `PKCS12` or `PEM`; JKS and PKCS12 are told apart by content", Default = "JKS", Example = "PKCS12")]
    [Setting("ssl.truststore.password", "of the store; not with `PEM`", Otherwise = "none", HasFile = true, Example = "/run/secrets/brokers-store")]
    StoreOptions? Trust,
    [Setting("ssl.keystore.location", "the gateway's key and certificate chain (mTLS)", Otherwise = "none", Example = "/etc/gateway/gateway.p12")]
    [Setting("ssl.keystore.key", "the key, as PEM text", Otherwise = "none", HasFile = true, Example = "/run/secrets/gateway-key.pem")]
    [Setting("ssl.keystore.certificate.chain", "its certificate chain, as PEM text", Otherwise = "required with the key", Example = "-----BEGIN CERTIFICATE----- ...")]
    [Setting("ssl.keystore.type", "`JKS`, `PKCS12` or `PEM`", Default = "JKS", Example = "PKCS12")]
    [Setting("ssl.keystore.password", "of the store; not with `PEM`", Otherwise = "none", HasFile = true, Example = "/run/secrets/gateway-store")]
    [Setting("ssl.key.password", "of the key itself", Otherwise = "the store's", HasFile = true, Example = "/run/secrets/gateway-key")]
    StoreOptions? Keys,
    [Setting("ssl.endpoint.identification.algorithm", "empty: brokers' certificates may be for other host names", Default = "https", Example = "")]
    bool VerifyHostName,
    [Setting("ssl.enabled.protocols", "versions of TLS", Default = "TLSv1.2,TLSv1.3", Example = "TLSv1.3")]
    SslProtocols Versions);

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
/// <param name="KeyTab">Null: the process's ticket cache (useTicketCache=true).</param>
/// <param name="Principal">Who the gateway is; null with a ticket cache.</param>
public sealed record GssapiOptions(string ServiceName, string? KeyTab, string? Principal) : SaslOptions("GSSAPI");
