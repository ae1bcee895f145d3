using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Configuration;

public sealed partial class KafkaSettingsTests : DeclaredSettings
{
    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables =>
        new Dictionary<string, IEnumerable<SettingAttribute>> { ["Kafka"] = SettingAttribute.Of(typeof(KafkaClusterOptions)) };

    protected override IEnumerable<string> Folders => ["Gateway/ClusterSettings"];

    protected override Regex Name => Property();

    protected override object Read(IConfiguration configuration) => KafkaClusterReader.Read(configuration);

    protected override string VariableOf(string name) => (name == "gateway.roles" ? "KAFKA_<CLUSTER>_" : "KAFKA_") + name.Replace('.', '_').ToUpperInvariant();

    protected override string ExampleOf(SettingAttribute setting) =>
        setting.Name == "sasl.jaas.config" ? FileWith("org.apache.kafka.common.security.scram.ScramLoginModule required username=\"gateway\" password=\"...\";") : base.ExampleOf(setting);

    protected override void Arrange(string name, string value, Dictionary<string, string> beside)
    {
        beside["KAFKA_BACKUP_BOOTSTRAP_SERVERS"] = "backup-1:9092";
        Drop(beside, name == "ssl.truststore.certificates" ? ["KAFKA_SSL_TRUSTSTORE_"] : ["KAFKA_SSL_TRUSTSTORE_CERTIFICATES"]);
        Drop(beside, name is "ssl.keystore.key" or "ssl.keystore.certificate.chain"
            ? ["KAFKA_SSL_KEYSTORE_LOCATION", "KAFKA_SSL_KEYSTORE_TYPE", "KAFKA_SSL_KEYSTORE_PASSWORD"] : ["KAFKA_SSL_KEYSTORE_KEY", "KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN"]);
        if (name.StartsWith("sasl.oauthbearer.", StringComparison.Ordinal))
        {
            LogInBy("OAUTHBEARER", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
        }
        else
        {
            Drop(beside, "KAFKA_SASL_OAUTHBEARER_");
        }

        if (name == "sasl.kerberos.service.name")
        {
            LogInBy("GSSAPI", "com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true;");
        }

        if (value == nameof(BrokerProtocol.PLAINTEXT))
        {
            Drop(beside, "KAFKA_SSL_", "KAFKA_SASL_");
        }

        void LogInBy(string mechanism, string jaas) => (beside["KAFKA_SASL_MECHANISM"], beside["KAFKA_SASL_JAAS_CONFIG_FILE"]) = (mechanism, FileWith(jaas));
    }

    [GeneratedRegex("^(bootstrap|gateway|security|sasl|ssl)\\.[a-z.]*[a-z]$")]
    private static partial Regex Property();
}
