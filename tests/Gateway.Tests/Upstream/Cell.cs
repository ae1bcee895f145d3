namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>One way of a gateway to brokers: the cluster's configuration, and what it must come to.</summary>
/// <param name="Name">Of the physical cluster, and of the virtual one over it.</param>
/// <param name="Properties">The Java client's; <c>{NAME}</c> stands for a value of the surroundings.</param>
/// <param name="Problem">Null: clients write and read. Else a part of what the operator must be told.</param>
public sealed record Cell(string Name, string? Problem, params (string Name, string Value)[] Properties)
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private const string OAuth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
    private const string Msk = "software.amazon.msk.auth.iam.IAMLoginModule";
    private const string Kerberos = "com.sun.security.auth.module.Krb5LoginModule";

    private static readonly (string, string)[] Trust = [("ssl.truststore.type", "PEM"), ("ssl.truststore.location", "{KAFKA_TLS}/ca.pem")];

    /// <summary>A password that no broker takes, to be looked for in logs.</summary>
    public const string WrongPassword = "not-the-password-7f3a";

    public static IReadOnlyList<Cell> All { get; } =
    [
        new("ssl-pem", null, Ssl(Trust)),
        new("ssl-pem-inline", null, Ssl(("ssl.truststore.type", "PEM"), ("ssl.truststore.certificates", "{ca.pem}"))),
        new("ssl-pkcs12", null, Ssl(("ssl.truststore.type", "PKCS12"), ("ssl.truststore.location", "{KAFKA_TLS}/truststore.p12"), ("ssl.truststore.password", "changeit"))),
        new("ssl-jks", null, Ssl(("ssl.truststore.location", "{KAFKA_TLS}/truststore.jks"), ("ssl.truststore.password", "changeit"))),
        new("mtls-pem", null, Mtls([.. Trust, ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", "{KAFKA_TLS}/alice.pem")])),
        new("mtls-pem-inline", null, Mtls([.. Trust, ("ssl.keystore.type", "PEM"), ("ssl.keystore.key", "{alice.key}"), ("ssl.keystore.certificate.chain", "{alice.crt}")])),
        new("mtls-pkcs12", null, Mtls([.. Trust, ("ssl.keystore.type", "PKCS12"), ("ssl.keystore.location", "{KAFKA_TLS}/alice.p12"), ("ssl.keystore.password", "changeit")])),
        new("mtls-jks", null, Mtls([.. Trust, ("ssl.keystore.location", "{KAFKA_TLS}/alice.jks"), ("ssl.keystore.password", "changeit"), ("ssl.key.password", "changeit")])),
        new("mtls-reload", null, Mtls([.. Trust, ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", "{KAFKA_TLS}/changing.pem")])),
        .. Both("plain", null, ("sasl.mechanism", "PLAIN"), ("sasl.jaas.config", $"{Plain} required username=\"alice\" password=\"alice-secret\";")),
        .. Both("scram-256", null, ("sasl.mechanism", "SCRAM-SHA-256"), ("sasl.jaas.config", $"{Scram} required username=\"alice\" password=\"alice-secret\";")),
        .. Both("scram-512", null, ("sasl.mechanism", "SCRAM-SHA-512"), ("sasl.jaas.config", $"{Scram} required username=\"alice\" password=\"alice-secret\";")),
        .. Both("oauth", null, OAuthBy("alice", "alice-secret")),
        .. Both("iam", null, ("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"{Msk} required;")),
        .. Both("iam-profile", null, ("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"{Msk} required awsProfileName=\"bob\";")),
        .. Both("iam-role", null, Iam($"awsProfileName=\"alice\" awsRoleArn=\"{FakeAws.Role}\" awsRoleSessionName=\"one\"")).Take(1),
        .. Both("iam-role-of-profile", null, Iam("awsProfileName=\"role\"")).Take(1),
        .. Both("iam-web-identity", null, Iam("awsProfileName=\"web\"")).Take(1),
        .. Both("iam-container", null, Iam("awsProfileName=\"container\"")).Take(1),
        .. Both("iam-instance", null, Iam("awsProfileName=\"instance\"")).Take(1),
        .. Both("gssapi", null, Ticket("kafka")),

        new("wrong-ssl-authority", "is not trusted", Ssl(("ssl.truststore.type", "PEM"), ("ssl.truststore.location", "{KAFKA_TLS}/foreign-ca.pem"))),
        new("wrong-ssl-no-store", "is not trusted", Ssl()),
        new("wrong-ssl-on-plain-port", "TLS failed", [("security.protocol", "SSL"), ("bootstrap.servers", "{KAFKA_PLAINTEXT}"), .. Trust]),
        new("wrong-plain-text-on-ssl-port", "", ("bootstrap.servers", "{KAFKA_SSL}")),
        new("wrong-sasl-on-plain-port", "SASL handshake", ("security.protocol", "SASL_PLAINTEXT"), ("bootstrap.servers", "{KAFKA_PLAINTEXT}"), ("sasl.mechanism", "PLAIN"), ("sasl.jaas.config", $"{Plain} required username=\"alice\" password=\"alice-secret\";")),
        new("wrong-mtls-no-certificate", "ertificate", Mtls(Trust)),
        new("wrong-mtls-foreign", "ertificate", Mtls([.. Trust, ("ssl.keystore.type", "PEM"), ("ssl.keystore.location", "{KAFKA_TLS}/foreign.pem")])),
        .. Both("wrong-plain", "SASL_", ("sasl.mechanism", "PLAIN"), ("sasl.jaas.config", $"{Plain} required username=\"alice\" password=\"{WrongPassword}\";")),
        .. Both("wrong-scram-256", "SCRAM-SHA-256", ("sasl.mechanism", "SCRAM-SHA-256"), ("sasl.jaas.config", $"{Scram} required username=\"alice\" password=\"{WrongPassword}\";")),
        .. Both("wrong-scram-512", "SCRAM-SHA-512", ("sasl.mechanism", "SCRAM-SHA-512"), ("sasl.jaas.config", $"{Scram} required username=\"nobody\" password=\"{WrongPassword}\";")),
        .. Both("wrong-oauth-secret", "answers 401 to client alice", OAuthBy("alice", WrongPassword)),
        .. Both("wrong-oauth-token", "does not take the token", OAuthBy("stranger", "stranger-secret")),
        .. Both("wrong-iam", "AWS_MSK_IAM", ("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"{Msk} required awsProfileName=wrong;")),
        new("wrong-iam-no-credentials", "no AWS credentials", [("security.protocol", "SASL_PLAINTEXT"), ("bootstrap.servers", "{KAFKA_SASL_PLAINTEXT}"), ("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"{Msk} required awsProfileName=nobody;")]),
        .. Both("wrong-iam-role", "no such role", Iam("awsProfileName=\"alice\" awsRoleArn=\"arn:aws:iam::123456789012:role/other\"")).Take(1),
        .. Both("wrong-gssapi", "Kerberos refuses", Ticket("nokafka")),
    ];

    /// <summary>It needs a KDC.</summary>
    public bool IsKerberos => Name.Contains("gssapi", StringComparison.Ordinal);

    public static TheoryData<string> Right => [.. All.Where(c => c.Problem is null).Select(c => c.Name)];

    public static TheoryData<string> Wrong => [.. All.Where(c => c.Problem is not null).Select(c => c.Name)];

    private static (string, string)[] Ssl(params (string, string)[] more) => [("security.protocol", "SSL"), ("bootstrap.servers", "{KAFKA_SSL}"), .. more];

    private static (string, string)[] Mtls(params (string, string)[] more) => [("security.protocol", "SSL"), ("bootstrap.servers", "{KAFKA_MTLS}"), .. more];

    private static (string, string)[] OAuthBy(string client, string secret) =>
        [("sasl.mechanism", "OAUTHBEARER"), ("sasl.oauthbearer.token.endpoint.url", "{TOKEN_URL}"), ("sasl.jaas.config", $"{OAuth} required clientId='{client}' clientSecret='{secret}';")];

    private static (string, string)[] Iam(string options) => [("sasl.mechanism", "AWS_MSK_IAM"), ("sasl.jaas.config", $"{Msk} required {options};")];

    private static (string, string)[] Ticket(string service) =>
    [
        ("sasl.mechanism", "GSSAPI"), ("sasl.kerberos.service.name", service),
        ("sasl.jaas.config", Kerberos + " required useKeyTab=true storeKey=true keyTab=\"{KAFKA_ALICE_KEYTAB}\" principal=\"alice@TEST.LOCAL\";"),
    ];

    /// <summary>A mechanism over plain text and over TLS.</summary>
    private static Cell[] Both(string name, string? problem, params (string, string)[] sasl) =>
    [
        new("sasl-" + name, problem, [("security.protocol", "SASL_PLAINTEXT"), ("bootstrap.servers", "{KAFKA_SASL_PLAINTEXT}"), .. sasl]),
        new("sasl-ssl-" + name, problem, [("security.protocol", "SASL_SSL"), ("bootstrap.servers", "{KAFKA_SASL_SSL}"), .. Trust, .. sasl]),
    ];
}
