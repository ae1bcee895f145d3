using System.Text.RegularExpressions;
using Confluent.Kafka;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.Parts;

/// <summary>
/// The <c>KAFKA_*</c> variables (the Java client's properties in upper case) for the demo's own client, which is librdkafka: plain text, TLS
/// with PEM stores, PLAIN and SCRAM. The gateways read the variables themselves.
/// </summary>
internal static partial class ClientSettings
{
    public static ClientConfig For(string bootstrapServers)
    {
        var config = new ClientConfig { BootstrapServers = bootstrapServers, ClientId = "demo" };
        Copy(config, "KAFKA_SECURITY_PROTOCOL", "security.protocol");
        Copy(config, "KAFKA_SASL_MECHANISM", "sasl.mechanism");
        config.SslCaLocation = PemStore("TRUSTSTORE");
        config.SslCertificateLocation = PemStore("KEYSTORE");
        config.SslKeyLocation = PemStore("KEYSTORE");
        if (Value("KAFKA_SASL_JAAS_CONFIG") is { } jaas)
        {
            config.SaslUsername = Option(jaas, UserName());
            config.SaslPassword = Option(jaas, Password());
        }

        return config;
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static void Copy(ClientConfig config, string name, string setting)
    {
        if (Value(name) is { } value)
        {
            config.Set(setting, value);
        }
    }

    private static string? PemStore(string store) => Value($"KAFKA_SSL_{store}_LOCATION") is { } location
        ? Value($"KAFKA_SSL_{store}_TYPE") == "PEM" ? location : throw new StackException($"KAFKA_SSL_{store}_TYPE must be PEM for the demo's own producer.")
        : null;

    private static string Option(string jaas, Regex option) =>
        option.Match(jaas) is { Success: true } match ? match.Groups[1].Value : throw new StackException("KAFKA_SASL_JAAS_CONFIG has no username and password.");

    [GeneratedRegex("username=[\"']([^\"']*)[\"']")]
    private static partial Regex UserName();

    [GeneratedRegex("password=[\"']([^\"']*)[\"']")]
    private static partial Regex Password();
}
