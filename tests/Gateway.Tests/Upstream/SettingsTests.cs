using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>What may be configured of the way to Kafka, and how a mistake is told.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    private const string Password = "pass-9d1c";

    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Variables_and_the_file_make_the_same_model()
    {
        var path = Write("clusters.yaml", $$"""
            config:
              main:
                bootstrap.servers: a:1,[::1]:2
              backup:
                bootstrap.servers: b:1
                gateway.roles: failover
                security.protocol: SASL_SSL
                sasl.mechanism: PLAIN
                sasl.jaas.config: {{Plain}} username="u" password="{{Password}}";
                ssl.endpoint.identification.algorithm: ''
            """);
        var byFile = Read(("GATEWAY_BACKEND_KAFKA_SELECTOR", $"file: {{path: {path}}}"));
        var byVariables = Read(
            ("KAFKA_BOOTSTRAP_SERVERS", "a:1,[::1]:2"), ("KAFKA_BACKUP_BOOTSTRAP_SERVERS", "b:1"), ("KAFKA_BACKUP_GATEWAY_ROLES", "failover"), ("KAFKA_BACKUP_SECURITY_PROTOCOL", "SASL_SSL"),
            ("KAFKA_BACKUP_SASL_MECHANISM", "PLAIN"), ("KAFKA_BACKUP_SASL_JAAS_CONFIG_FILE", Write("jaas", $"{Plain} username=\"u\" password=\"{Password}\";")), ("KAFKA_BACKUP_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", ""));
        foreach (var clusters in new[] { byFile, byVariables })
        {
            Assert.Equal(["main", "backup"], clusters.Select(c => c.Name));
            Assert.Equal([("a", 1), ("::1", 2)], clusters[0].BootstrapServers);
            Assert.Equal((BrokerProtocol.PLAINTEXT, null, null), (clusters[0].Protocol, clusters[0].Tls, clusters[0].Sasl));
            Assert.Equal((ClusterRole.Failover, false, new PasswordOptions("PLAIN", "u", new Secret(Password), false)), (clusters[1].Role, clusters[1].Tls!.VerifyHostName, clusters[1].Sasl));
            Assert.DoesNotContain(Password, clusters[1].ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Host_names_are_verified_unless_that_is_turned_off() =>
        Assert.True(Read(("KAFKA_BOOTSTRAP_SERVERS", "a:1"), ("KAFKA_SECURITY_PROTOCOL", "SSL"))[0].Tls!.VerifyHostName);

    [Fact]
    public void Variables_of_others_are_left_alone() =>
        Assert.Single(Read(
            ("KAFKA_BOOTSTRAP_SERVERS", "a:1"), ("KAFKA_HOME", "/opt"), ("KAFKA_OPTS", "-X"), ("KAFKA_HEAP_OPTS", "-X"), ("KAFKA_SERVICE_HOST", "10.0.0.1"), ("KAFKA_PORT", "tcp://10.0.0.1:9092"),
            ("KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1"), ("KAFKA_UI_SERVICE_PORT_HTTP", "80"), ("KAFKA_CLUSTERA_SECURITY_PROTOCOL", "")));

    [Theory]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS is missing", "KAFKA_BOOTSTRAP_SERVERS=")]
    [InlineData("KAFKA_BOOTSTRAP_SERVERS contains 'b'", "KAFKA_BOOTSTRAP_SERVERS=a:1,b")]
    [InlineData("KAFKA_SECURITY_PROTOCOL is 'TLS': one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL is allowed", "KAFKA_SECURITY_PROTOCOL=TLS")]
    [InlineData("KAFKA_SASL_MECHANISM is missing: one of PLAIN", "KAFKA_SECURITY_PROTOCOL=SASL_SSL")]
    [InlineData("KAFKA_SASL_MECHANISM is 'DIGEST': one of PLAIN", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=DIGEST")]
    [InlineData("KAFKA_SASL_JAAS_CONFIG is missing", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN")]
    [InlineData("names another login module", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=SCRAM-SHA-256", "KAFKA_SASL_JAAS_CONFIG=" + Plain + " username=u password=\"" + Password + "\";")]
    [InlineData("the option password is missing", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_JAAS_CONFIG=" + Plain + " username=u;")]
    [InlineData("the option pasword is not known; allowed are username, password", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_JAAS_CONFIG=" + Plain + " username=u password=\"" + Password + "\" pasword=\"" + Password + "\";")]
    [InlineData("does not end with a semicolon", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_JAAS_CONFIG=" + Plain + " username=u password=\"" + Password + "\"")]
    [InlineData("KAFKA_SASL_MECHANISM is set, but KAFKA_SECURITY_PROTOCOL is SSL: SASL_PLAINTEXT or SASL_SSL is needed", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SASL_MECHANISM=PLAIN")]
    [InlineData("KAFKA_SSL_TRUSTSTORE_LOCATION is set, but KAFKA_SECURITY_PROTOCOL is PLAINTEXT: SSL or SASL_SSL is needed", "KAFKA_SSL_TRUSTSTORE_LOCATION=/x")]
    [InlineData("KAFKA_SSL_TRUSTSTORE_TYPE is 'DER': one of PEM, PKCS12, JKS is allowed", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_TRUSTSTORE_TYPE=DER", "KAFKA_SSL_TRUSTSTORE_LOCATION=/x")]
    [InlineData("KAFKA_SSL_TRUSTSTORE_LOCATION and KAFKA_SSL_TRUSTSTORE_CERTIFICATES are both set", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_TRUSTSTORE_LOCATION=/x", "KAFKA_SSL_TRUSTSTORE_CERTIFICATES=x")]
    [InlineData("KAFKA_SSL_TRUSTSTORE_TYPE is 'JKS': with KAFKA_SSL_TRUSTSTORE_CERTIFICATES only PEM", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_TRUSTSTORE_TYPE=JKS", "KAFKA_SSL_TRUSTSTORE_CERTIFICATES=x")]
    [InlineData("KAFKA_SSL_KEYSTORE_PASSWORD: a PEM key store has no password", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_KEYSTORE_TYPE=PEM", "KAFKA_SSL_KEYSTORE_LOCATION=/x", "KAFKA_SSL_KEYSTORE_PASSWORD=" + Password)]
    [InlineData("KAFKA_SSL_KEYSTORE_KEY and KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN are needed together", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_KEYSTORE_KEY=" + Password)]
    [InlineData("KAFKA_SSL_KEYSTORE_PASSWORD is set, but no store is", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_KEYSTORE_PASSWORD=" + Password)]
    [InlineData("KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM is 'none': https, or nothing", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM=none")]
    [InlineData("KAFKA_SSL_ENABLED_PROTOCOLS is 'TLSv1': TLSv1.2 and TLSv1.3 are allowed", "KAFKA_SECURITY_PROTOCOL=SSL", "KAFKA_SSL_ENABLED_PROTOCOLS=TLSv1")]
    [InlineData("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL is missing", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=OAUTHBEARER", "KAFKA_SASL_JAAS_CONFIG=OAuthBearerLoginModule required clientId=c clientSecret=\"" + Password + "\";")]
    [InlineData("by https is needed", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=OAUTHBEARER", "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL=http://issuer.test/", "KAFKA_SASL_JAAS_CONFIG=OAuthBearerLoginModule required clientId=c clientSecret=\"" + Password + "\";")]
    [InlineData("OAUTHBEARER is needed with it", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL=https://issuer.test/")]
    [InlineData("awsRoleSessionName and awsRoleExternalId need the option awsRoleArn", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=AWS_MSK_IAM", "KAFKA_SASL_JAAS_CONFIG=IAMLoginModule required awsRoleSessionName=\"one\";")]
    [InlineData("useKeyTab=true with keyTab and principal, or useTicketCache=true is needed", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=GSSAPI", "KAFKA_SASL_KERBEROS_SERVICE_NAME=kafka", "KAFKA_SASL_JAAS_CONFIG=Krb5LoginModule required;")]
    [InlineData("KAFKA_SASL_KERBEROS_SERVICE_NAME is missing", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=GSSAPI", "KAFKA_SASL_JAAS_CONFIG=Krb5LoginModule required useTicketCache=true;")]
    [InlineData("Java code", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_LOGIN_CALLBACK_HANDLER_CLASS=com.acme.Handler")]
    [InlineData("KAFKA_SECURTY_PROTOCOL is not a setting of the gateway; allowed are", "KAFKA_SECURTY_PROTOCOL=SSL")]
    [InlineData("KAFKA_EU_SECURITY_PROTOCOL belongs to no cluster: KAFKA_EU_BOOTSTRAP_SERVERS and KAFKA_EU_GATEWAY_ROLES are needed", "KAFKA_EU_SECURITY_PROTOCOL=SSL")]
    [InlineData("KAFKA_EU_GATEWAY_ROLES is missing: upstream or failover is allowed", "KAFKA_EU_BOOTSTRAP_SERVERS=b:1")]
    [InlineData("KAFKA_EU_GATEWAY_ROLES is 'backup': upstream or failover is allowed", "KAFKA_EU_BOOTSTRAP_SERVERS=b:1", "KAFKA_EU_GATEWAY_ROLES=backup")]
    [InlineData("KAFKA_EU_BOOTSTRAP_SERVERS is missing", "KAFKA_EU_GATEWAY_ROLES=upstream")]
    [InlineData("KAFKA_SASL_JAAS_CONFIG_FILE cannot be read", "KAFKA_SECURITY_PROTOCOL=SASL_SSL", "KAFKA_SASL_MECHANISM=PLAIN", "KAFKA_SASL_JAAS_CONFIG_FILE=/does/not/exist")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string message, params string[] settings)
    {
        var given = settings.Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);
        given.TryAdd("KAFKA_BOOTSTRAP_SERVERS", "a:1");
        var told = Assert.Throws<InvalidSettingException>(() => Read([.. given.Select(g => (g.Key, g.Value))])).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file: {path: clusters.yaml}", "config: {main: {bootstrap.servers: 'b:1'}}", "both describe cluster main")]
    [InlineData("file: {path: clusters.yaml}", "config: {eu: {bootstrap.servers: 'b:1', gateway.roles: upstream, security.protocl: SSL}}", "config.eu.security.protocl in")]
    [InlineData("file: {path: clusters.yaml}", "config: {'e u': {bootstrap.servers: 'b:1'}}", "cluster 'e u'")]
    [InlineData("file: {path: clusters.yaml}", "clusters: {}", "'clusters' at its top")]
    [InlineData("file: {path: clusters.yaml}", "config: {eu: {sasl.jaas.config: \"" + Password + "}}", "is not YAML: line")]
    [InlineData("file: {path: missing.yaml}", "", "cannot be read")]
    [InlineData("clusters.yaml", "", "file: {path: clusters.yaml} is allowed")]
    public void A_wrong_file_is_named_with_the_place(string selector, string content, string message)
    {
        Write("clusters.yaml", content);
        var told = Assert.Throws<InvalidSettingException>(() => Read(("KAFKA_BOOTSTRAP_SERVERS", "a:1"), ("GATEWAY_BACKEND_KAFKA_SELECTOR", selector.Replace("path: ", $"path: {_folder}/", StringComparison.Ordinal)))).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, told, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static IReadOnlyList<KafkaClusterOptions> Read(params (string Name, string Value)[] settings) =>
        KafkaClusterReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
