using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Configuration;

public sealed class GatewaySettingsTests : DeclaredSettings
{
    [Fact]
    public void A_printed_node_tells_no_secret()
    {
        var options = new ControlPlaneOptions(new Uri("https://platform"), new Uri("https://identity"), "node-1", "hidden");

        Assert.DoesNotContain(options.ClientSecret, options.ToString(), StringComparison.Ordinal);
    }

    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables => new Dictionary<string, IEnumerable<SettingAttribute>>
    {
        ["Gateway"] = new[] { typeof(ControlPlaneOptions), typeof(OAuthOptions), typeof(KafkaClusterFile), typeof(GatewayOptions) }.SelectMany(SettingAttribute.Of),
    };

    protected override IEnumerable<string> Folders => ["Gateway", "Platform/Contracts"];

    protected override object Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var (clusters, platform) = (KafkaClusterReader.Read(configuration), ControlPlaneOptions.Read(settings));
        var read = new object[] { clusters, platform, OAuthOptions.Read(settings, platform.IdentityUrl), GatewayOptions.Read(settings, clusters[0].Protocol) };
        settings.ThrowIfFaulty();
        return read;
    }

    protected override string ExampleOf(SettingAttribute setting) => setting.Name != KafkaClusterFile.Setting ? base.ExampleOf(setting)
        : setting.Example.Replace("clusters.yaml", FileWith("""
            config:
              main:
                bootstrap.servers: broker-1:9093
                security.protocol: SASL_SSL
                sasl.mechanism: PLAIN
                sasl.jaas.config: org.apache.kafka.common.security.plain.PlainLoginModule required username="gateway" password="...";
            """), StringComparison.Ordinal);

    protected override void Arrange(string name, string value, Dictionary<string, string> beside)
    {
        if (value == nameof(ClientAuth.NONE))
        {
            Drop(beside, "GATEWAY_SSL_TRUST_STORE_", "GATEWAY_SSL_CRL_", "GATEWAY_SSL_PRINCIPAL_");
        }

        if (name.StartsWith("Kestrel", StringComparison.Ordinal))
        {
            Drop(beside, "GATEWAY_PROBE_URL");
        }
    }
}
