using System.Text.RegularExpressions;

namespace PartnerPlatform.Gateway.Configuration;

/// <summary>
/// Finds the physical clusters in the configuration: <c>KAFKA_*</c> is the cluster <c>main</c>, <c>KAFKA_NAME_*</c> another one where
/// <c>KAFKA_NAME_GATEWAY_ROLES</c> says what it is for, and the file of <c>GATEWAY_BACKEND_KAFKA_SELECTOR</c> lists any number.
/// </summary>
public static partial class KafkaClusterReader
{
    private const string Prefix = "KAFKA_";

    /// <summary>All clusters, <c>main</c> first.</summary>
    /// <exception cref="InvalidSettingException">A setting is missing, wrong, unknown, or contradicts another.</exception>
    public static IReadOnlyList<KafkaClusterOptions> Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        var clusters = FromVariables(configuration, settings);
        settings.ThrowIfFaulty();
        if (settings.Optional(KafkaClusterFile.Setting) is { } selector)
        {
            foreach (var cluster in new KafkaClusterFile(selector).Read())
            {
                if (!clusters.TryAdd(cluster.Cluster, cluster))
                {
                    throw new InvalidSettingException($"{cluster.NameOf("bootstrap.servers")} and {clusters[cluster.Cluster].NameOf("bootstrap.servers")} both describe cluster {cluster.Cluster}: one of them is allowed.");
                }
            }
        }

        if (!clusters.Remove(KafkaClusterOptions.Main, out var main))
        {
            throw new InvalidSettingException($"KAFKA_BOOTSTRAP_SERVERS is missing: host:port of one or more brokers, with commas (or config.main in the file of {KafkaClusterFile.Setting}).");
        }

        var aws = AwsOf(configuration);
        return [.. clusters.Values.OrderBy(c => c.Cluster, StringComparer.Ordinal).Prepend(main).Select(c => KafkaSecurityReader.Read(c, aws))];
    }

    private static Dictionary<string, KafkaProperties> FromVariables(IConfiguration configuration, SettingsReader settings)
    {
        var given = configuration.AsEnumerable().Where(p => p.Value is not null && p.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !Foreign().IsMatch(p.Key))
            .Select(p => (Suffix: p.Key[Prefix.Length..].ToUpperInvariant(), Value: p.Value!)).ToList();
        var names = given.Select(g => ClusterName().Match(g.Suffix)).Where(m => m.Success && !KafkaProperties.BySuffix.ContainsKey(m.Value)).Select(m => m.Groups[1].Value).Distinct()
            .OrderByDescending(n => n.Length).ToList();
        var clusters = new Dictionary<string, KafkaProperties>(StringComparer.Ordinal);
        foreach (var (suffix, value) in given)
        {
            var owner = names.Find(n => suffix.StartsWith(n + "_", StringComparison.Ordinal) && !IsKnown(suffix));
            var rest = owner is null ? suffix : suffix[(owner.Length + 1)..];
            var isFile = !KafkaProperties.BySuffix.TryGetValue(rest, out var property) && rest.EndsWith("_FILE", StringComparison.Ordinal)
                && KafkaProperties.BySuffix.TryGetValue(rest[..^"_FILE".Length], out property) && KafkaProperties.IsSecret(property);
            if (value.Length == 0 && property != "ssl.endpoint.identification.algorithm")
            {
                continue;
            }

            if (property is null)
            {
                throw Unknown(suffix, rest);
            }

            var variable = Prefix + (owner is null ? "" : owner + "_");
            var name = owner is null ? KafkaClusterOptions.Main : owner.ToLowerInvariant().Replace('_', '-');
            if (!clusters.TryGetValue(name, out var cluster))
            {
                clusters[name] = cluster = new KafkaProperties(name, p => variable + p.Replace('.', '_').ToUpperInvariant());
            }

            cluster.Set(property, isFile ? settings.Secret(cluster.NameOf(property), "a secret") : value);
        }

        return clusters;
    }

    private static bool IsKnown(string suffix) =>
        KafkaProperties.BySuffix.ContainsKey(suffix) || (suffix.EndsWith("_FILE", StringComparison.Ordinal) && KafkaProperties.BySuffix.ContainsKey(suffix[..^"_FILE".Length]));

    private static InvalidSettingException Unknown(string suffix, string rest)
    {
        var property = KafkaProperties.BySuffix.Keys.Where(k => rest.EndsWith("_" + k, StringComparison.Ordinal)).MaxBy(k => k.Length);
        return property is null
            ? new($"{Prefix}{suffix} is not a setting of the gateway; allowed are KAFKA_ or KAFKA_<CLUSTER>_ and one of {string.Join(", ", KafkaProperties.BySuffix.Keys.Order(StringComparer.Ordinal))}.")
            : new($"{Prefix}{suffix} belongs to no cluster: {Prefix}{rest[..^(property.Length + 1)]}_BOOTSTRAP_SERVERS and {Prefix}{rest[..^(property.Length + 1)]}_GATEWAY_ROLES are needed.");
    }

    /// <summary>What AWS's tools would find.</summary>
    public static AwsEnvironment AwsOf(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        Secret? SecretOf(string name) => settings.Optional(name) is { } value ? new Secret(value) : null;
        return new AwsEnvironment(
            settings.Optional("AWS_ACCESS_KEY_ID"),
            SecretOf("AWS_SECRET_ACCESS_KEY"),
            SecretOf("AWS_SESSION_TOKEN"),
            settings.Optional("AWS_PROFILE"),
            settings.Optional("AWS_SHARED_CREDENTIALS_FILE") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", "credentials"),
            settings.Optional("AWS_REGION") ?? settings.Optional("AWS_DEFAULT_REGION"));
    }

    [GeneratedRegex("^(.+)_(?:GATEWAY_ROLES|BOOTSTRAP_SERVERS)$")]
    private static partial Regex ClusterName();

    /// <summary>Variables that others set: Kafka's own scripts, and Kubernetes for each service whose name begins with "kafka".</summary>
    [GeneratedRegex("^KAFKA_(HOME|OPTS|HEAP|HEAP_OPTS|TIER|DEBUG|CLASSPATH|VERSION|GC_LOG_OPTS|LOG4J_.*|LOG_DIR|JMX_.*|JVM_.*|(.*_)?SERVICE_(HOST|PORT.*)|(.*_)?PORT(_\\d+_.*)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
