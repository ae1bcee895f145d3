using System.Security.Authentication;

namespace PartnerPlatform.ClusterSettings;

/// <summary>Turns one cluster's properties into options, and refuses what contradicts itself.</summary>
public static class KafkaSecurityReader
{
    /// <param name="aws">What the process finds in its environment.</param>
    /// <exception cref="InvalidSettingException">A property is missing, wrong, or contradicts another.</exception>
    public static KafkaClusterOptions Read(KafkaProperties properties, AwsEnvironment aws)
    {
        var servers = properties.Required("bootstrap.servers", "host:port of one or more brokers, with commas")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => Server(properties, s)).ToList();
        var protocol = properties.Choice("security.protocol", BrokerProtocol.PLAINTEXT);
        var (tls, sasl) = (protocol is BrokerProtocol.SSL or BrokerProtocol.SASL_SSL, protocol is BrokerProtocol.SASL_PLAINTEXT or BrokerProtocol.SASL_SSL);

        // Java ignores these; whoever set them believes that connections are encrypted, or logged in, and they would not be.
        Refuse(properties, "ssl.", tls, protocol, "SSL or SASL_SSL");
        Refuse(properties, "sasl.", sasl, protocol, "SASL_PLAINTEXT or SASL_SSL");
        return new KafkaClusterOptions(
            properties.Cluster, Role(properties), servers, protocol, tls ? Tls(properties) : null, sasl ? KafkaSaslReader.Read(properties, aws) : null);
    }

    private static (string Host, int Port) Server(KafkaProperties properties, string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text[(colon + 1)..], out var port) && port is > 0 and < 65536
            ? (text[..colon].Trim('[', ']'), port)
            : throw new InvalidSettingException($"{properties.NameOf("bootstrap.servers")} contains '{text}': host:port is needed.");
    }

    private static void Refuse(KafkaProperties properties, string prefix, bool allowed, BrokerProtocol protocol, string needed)
    {
        if (!allowed && properties.Given(prefix).FirstOrDefault(p => properties.Optional(p) is not null) is { } property)
        {
            throw new InvalidSettingException($"{properties.NameOf(property)} is set, but {properties.NameOf("security.protocol")} is {protocol}: {needed} is needed with it.");
        }
    }

    private static ClusterRole Role(KafkaProperties properties)
    {
        if (properties.Cluster == KafkaClusterOptions.Main)
        {
            return properties.Choice("gateway.roles", ClusterRole.Main) == ClusterRole.Main ? ClusterRole.Main : throw properties.Wrong("gateway.roles", "cluster main has no other role");
        }

        const string rule = "upstream or failover is allowed";
        properties.Required("gateway.roles", rule);
        var role = properties.Choice("gateway.roles", ClusterRole.Upstream, rule);
        return role == ClusterRole.Main ? throw properties.Wrong("gateway.roles", rule) : role;
    }

    private static TlsOptions Tls(KafkaProperties properties)
    {
        var verify = !properties.IsEmpty("ssl.endpoint.identification.algorithm");
        if (verify && properties.Optional("ssl.endpoint.identification.algorithm") is { } algorithm && !algorithm.Equals("https", StringComparison.OrdinalIgnoreCase))
        {
            throw properties.Wrong("ssl.endpoint.identification.algorithm", "https, or nothing (host names are then not verified) is allowed");
        }

        return new TlsOptions(Trust(properties), Keys(properties), verify, Versions(properties));
    }

    private static SslProtocols Versions(KafkaProperties properties) =>
        (properties.Optional("ssl.enabled.protocols") ?? "TLSv1.2,TLSv1.3").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(SslProtocols.None, (all, name) => all | name switch
            {
                "TLSv1.2" => SslProtocols.Tls12,
                "TLSv1.3" => SslProtocols.Tls13,
                _ => throw properties.Wrong("ssl.enabled.protocols", "TLSv1.2 and TLSv1.3 are allowed"),
            });

    private static StoreOptions? Trust(KafkaProperties properties)
    {
        var (location, inline) = (properties.Optional("ssl.truststore.location"), properties.Secret("ssl.truststore.certificates"));
        var format = Format(properties, "ssl.truststore.type", "ssl.truststore.location", inline is null ? null : "ssl.truststore.certificates");
        if (format == StoreFormat.PEM && properties.Optional("ssl.truststore.password") is not null)
        {
            throw properties.Wrong("ssl.truststore.password", "a PEM trust store has no password");
        }

        return location is null && inline is null ? Unused(properties, "ssl.truststore.")
            : new StoreOptions(properties.NameOf(location is null ? "ssl.truststore.certificates" : "ssl.truststore.location"), format, location, inline, properties.Secret("ssl.truststore.password"), null);
    }

    private static StoreOptions? Keys(KafkaProperties properties)
    {
        var location = properties.Optional("ssl.keystore.location");
        var (key, chain) = (properties.Optional("ssl.keystore.key"), properties.Optional("ssl.keystore.certificate.chain"));
        if (key is null != chain is null)
        {
            throw new InvalidSettingException($"{properties.NameOf("ssl.keystore.key")} and {properties.NameOf("ssl.keystore.certificate.chain")} are needed together.");
        }

        var format = Format(properties, "ssl.keystore.type", "ssl.keystore.location", key is null ? null : "ssl.keystore.key");
        if (format == StoreFormat.PEM && properties.Optional("ssl.keystore.password") is not null)
        {
            throw properties.Wrong("ssl.keystore.password", $"a PEM key store has no password; the key's own is {properties.NameOf("ssl.key.password")}");
        }

        if (location is null && key is null)
        {
            return Unused(properties, "ssl.keystore.") ?? Unused(properties, "ssl.key.");
        }

        return new StoreOptions(
            properties.NameOf(location is null ? "ssl.keystore.key" : "ssl.keystore.location"), format, location, key is null ? null : new Secret(key + "\n" + chain),
            properties.Secret("ssl.keystore.password"), properties.Secret("ssl.key.password"));
    }

    private static StoreFormat Format(KafkaProperties properties, string type, string location, string? inline)
    {
        var format = properties.Choice(type, inline is null ? StoreFormat.JKS : StoreFormat.PEM);
        return inline is null ? format
            : properties.Optional(location) is not null ? throw new InvalidSettingException($"{properties.NameOf(location)} and {properties.NameOf(inline)} are both set: one of them is allowed.")
            : format == StoreFormat.PEM ? format
            : throw properties.Wrong(type, $"with {properties.NameOf(inline)} only PEM is allowed");
    }

    /// <summary>Type or password without a store: whoever set it forgot the rest.</summary>
    private static StoreOptions? Unused(KafkaProperties properties, string prefix) =>
        properties.Given(prefix).FirstOrDefault(p => properties.Optional(p) is not null) is { } property
            ? throw new InvalidSettingException($"{properties.NameOf(property)} is set, but no store is: {properties.NameOf(prefix.StartsWith("ssl.truststore.", StringComparison.Ordinal) ? "ssl.truststore.location" : "ssl.keystore.location")} is needed with it.")
            : null;
}
