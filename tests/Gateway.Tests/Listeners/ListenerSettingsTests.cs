using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Listeners;

/// <summary>How clients come in, by the guide's names; what contradicts itself is refused with name and rule.</summary>
public class ListenerSettingsTests
{
    [Theory]
    [InlineData(BrokerProtocol.PLAINTEXT, SecurityProtocol.PLAINTEXT)]
    [InlineData(BrokerProtocol.SASL_PLAINTEXT, SecurityProtocol.DELEGATED_SASL_PLAINTEXT)]
    public void Without_a_word_listeners_speak_as_the_backing_cluster_does(BrokerProtocol backing, SecurityProtocol expected) => Assert.Equal(expected, Read(backing).SecurityProtocol);

    [Theory]
    [InlineData(BrokerProtocol.SSL, SecurityProtocol.SSL)]
    [InlineData(BrokerProtocol.SASL_SSL, SecurityProtocol.DELEGATED_SASL_SSL)]
    public void The_same_with_TLS(BrokerProtocol backing, SecurityProtocol expected) => Assert.Equal(expected, Read(backing, ("GATEWAY_SSL_KEY_STORE_PATH", "server.pem")).SecurityProtocol);

    [Fact]
    public void Formats_of_stores_are_told_by_their_names_unless_they_are_given()
    {
        var tls = Read(
            BrokerProtocol.PLAINTEXT, ("GATEWAY_SECURITY_PROTOCOL", "SSL"), ("GATEWAY_SSL_KEY_STORE_PATH", "keys.jks"), ("GATEWAY_SSL_KEY_STORE_PASSWORD", "s"), ("GATEWAY_SSL_CLIENT_AUTH", "REQUIRE"),
            ("GATEWAY_SSL_TRUST_STORE_PATH", "trust.bin"), ("GATEWAY_SSL_TRUST_STORE_TYPE", "PKCS12")).Tls!;

        Assert.Equal((StoreFormat.JKS, StoreFormat.PKCS12, ClientAuth.REQUIRE), (tls.Keys.Format, tls.Trust!.Format, tls.ClientAuth));
        Assert.Equal("CN=x", tls.PrincipalMapping.NameOf("CN=x"));
        Assert.DoesNotContain("Value = s", tls.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GATEWAY_SECURITY_PROTOCOL is 'SASL': one of PLAINTEXT", "GATEWAY_SECURITY_PROTOCOL=SASL")]
    [InlineData("GATEWAY_SSL_KEY_STORE_PATH is missing: SASL_SSL needs a key", "GATEWAY_SECURITY_PROTOCOL=SASL_SSL")]
    [InlineData("GATEWAY_SSL_KEY_STORE_PATH is set, but GATEWAY_SECURITY_PROTOCOL is PLAINTEXT", "GATEWAY_SSL_KEY_STORE_PATH=a.pem")]
    [InlineData("GATEWAY_SSL_TRUST_STORE_PATH is set, but GATEWAY_SSL_CLIENT_AUTH is NONE", "GATEWAY_SECURITY_PROTOCOL=SSL", "GATEWAY_SSL_KEY_STORE_PATH=a.pem", "GATEWAY_SSL_TRUST_STORE_PATH=b.pem")]
    [InlineData("GATEWAY_SSL_TRUST_STORE_PATH is missing", "GATEWAY_SECURITY_PROTOCOL=SSL", "GATEWAY_SSL_KEY_STORE_PATH=a.pem", "GATEWAY_SSL_CLIENT_AUTH=REQUEST")]
    [InlineData("GATEWAY_SSL_PRINCIPAL_MAPPING_RULES: 'LOWER'", "GATEWAY_SECURITY_PROTOCOL=SSL", "GATEWAY_SSL_KEY_STORE_PATH=a.pem", "GATEWAY_SSL_CLIENT_AUTH=REQUEST", "GATEWAY_SSL_TRUST_STORE_PATH=b.pem", "GATEWAY_SSL_PRINCIPAL_MAPPING_RULES=LOWER")]
    [InlineData("GATEWAY_SECURITY_PROTOCOL is DELEGATED_SASL_PLAINTEXT, but KAFKA_SECURITY_PROTOCOL is PLAINTEXT", "GATEWAY_SECURITY_PROTOCOL=DELEGATED_SASL_PLAINTEXT")]
    [InlineData("GATEWAY_CONFLUENT_CLOUD_API_KEY is set, but GATEWAY_SECURITY_PROTOCOL is PLAINTEXT", "GATEWAY_CONFLUENT_CLOUD_API_KEY=k")]
    [InlineData("GATEWAY_USER_POOL_SECRET_KEY has 16 bit", "GATEWAY_USER_POOL_SECRET_KEY=YWI=")]
    public void What_is_wrong_is_refused_with_its_name(string message, params string[] settings)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => Read(BrokerProtocol.PLAINTEXT, [.. settings.Select(s => s.Split('=', 2)).Select(s => (s[0], s[1]))]));

        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    private static GatewayOptions Read(BrokerProtocol backing, params (string Name, string Value)[] settings)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
        var options = GatewayOptions.Read(reader, backing);
        reader.ThrowIfFaulty();
        return options;
    }
}
