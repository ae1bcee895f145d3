using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.ClusterSettings;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Platform.Commands;
using Secret = PartnerPlatform.Platform.Commands.Secret;

namespace PartnerPlatform.Platform.PhysicalClusters;

/// <summary>What a cluster's connection may say: what nodes read from their own configuration, by the same rules, as far as it does not lie in files of theirs.</summary>
public static class ConnectionRules
{
    private const int MaximumLength = 100_000;

    private static readonly string[] Certificates = ["ssl.truststore.certificates", "ssl.keystore.certificate.chain"];

    public static bool IsSecret(string property) => KafkaProperties.Known.Contains(property) && KafkaProperties.IsSecret(property);

    /// <summary>Null: nodes can use it.</summary>
    public static Refusal? Check(string name, IReadOnlyDictionary<string, string> properties, IReadOnlyDictionary<string, Secret> secrets)
    {
        if (name == KafkaClusterOptions.Main)
        {
            return Refusal.Invalid("name", "own-configuration", $"Nodes need a configuration of their own for cluster {KafkaClusterOptions.Main}.");
        }

        var given = new KafkaProperties(name, p => p);
        foreach (var (property, value) in properties.Concat(secrets.Select(s => KeyValuePair.Create(s.Key, s.Value.Reveal()))))
        {
            if (CheckProperty(property, value) is { } bad)
            {
                return bad;
            }

            given.Set(property, value);
        }

        if (given.Optional("gateway.roles") is null)
        {
            given.Set("gateway.roles", nameof(ClusterRole.Upstream));
        }

        try
        {
            return KafkaSecurityReader.Read(given, NoAws).Sasl is GssapiOptions
                ? Refusal.Invalid("properties", "no-files", "sasl.mechanism is GSSAPI: its key tab is a file, so it can be configured at the nodes only.")
                : Certificates.Select(p => CheckCertificates(p, given.Optional(p))).FirstOrDefault(r => r is not null);
        }
        catch (InvalidSettingException e)
        {
            return Refusal.Invalid("properties", "kafka-properties", e.Message);
        }
    }

    /// <summary>Credentials for AWS_MSK_IAM are each node's own.</summary>
    private static AwsEnvironment NoAws => new(null, null, null, null, "", null);

    private static Refusal? CheckProperty(string property, string value) =>
        !KafkaProperties.Known.Contains(property) ? Refusal.Invalid("properties", "known-property",
            $"'{property}' is not a property that gateways know; allowed are {string.Join(", ", KafkaProperties.Known.Where(p => !IsFile(p)).Order(StringComparer.Ordinal))}.")
        : IsFile(property) ? Refusal.Invalid("properties", "no-files", $"{property} names a file of a node. Give certificates and keys as PEM: ssl.truststore.certificates, ssl.keystore.certificate.chain, ssl.keystore.key.")
        : value.Length > MaximumLength ? Refusal.Invalid("properties", "property-length", $"{property} has more than {MaximumLength} characters.")
        : null;

    private static bool IsFile(string property) => property.EndsWith(".location", StringComparison.Ordinal);

    private static Refusal? CheckCertificates(string property, string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0 ? null : Refusal.Invalid("properties", "pem", $"{property} holds no certificate in PEM.");
        }
        catch (CryptographicException)
        {
            return Refusal.Invalid("properties", "pem", $"{property} is not a list of certificates in PEM.");
        }
    }
}
