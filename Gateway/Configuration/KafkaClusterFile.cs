using System.Collections;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace PartnerPlatform.Gateway.Configuration;

/// <summary>
/// The file that lists clusters: <c>config: {main: {bootstrap.servers: ...}, backup: {..., gateway.roles: failover}}</c>, each with the Java client's properties.
/// </summary>
internal sealed record KafkaClusterFile(
    [Setting(KafkaClusterFile.Setting, "a file that lists physical clusters, see [below](#ways-to-kafka)", Otherwise = "none", Example = "file: {path: clusters.yaml}")]
    string Selector)
{
    public const string Setting = "GATEWAY_BACKEND_KAFKA_SELECTOR";

    private const string Rule = "file: {path: clusters.yaml} is allowed";

    /// <exception cref="InvalidSettingException">There is no such file, or it does not list clusters.</exception>
    public List<KafkaProperties> Read()
    {
        if (Parse(Setting, Selector) is not { Count: 1 } outer || outer.GetValueOrDefault("file") is not IDictionary file || file.Count != 1 || file["path"] is not string path)
        {
            throw new InvalidSettingException($"{Setting} is '{Selector}': {Rule}.");
        }

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{Setting} names a file that cannot be read: {e.Message}");
        }

        var document = Parse(path, text);
        var unknown = document.Keys.FirstOrDefault(k => k != "config");
        return unknown is not null ? throw new InvalidSettingException($"{path} has '{unknown}' at its top: only config is allowed.")
            : document.GetValueOrDefault("config") is IDictionary clusters ? [.. clusters.Keys.Cast<string>().Select(name => ClusterOf(path, name, clusters[name]))]
            : throw new InvalidSettingException($"{path} lists no clusters: config: {{main: {{bootstrap.servers: ...}}}} is needed.");
    }

    private static KafkaProperties ClusterOf(string path, string name, object? value)
    {
        var cluster = new KafkaProperties(name, p => $"config.{name}.{p} in {path}");
        if (name.Length is 0 or > 128 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
        {
            throw new InvalidSettingException($"{path} has a cluster '{name}': 1 to 128 letters, digits, '.', '_' and '-' are allowed.");
        }

        foreach (var (property, text) in value is IDictionary properties ? Flat("", properties) : throw new InvalidSettingException($"config.{name} in {path} is not a list of properties."))
        {
            if (!KafkaProperties.Known.Contains(property))
            {
                throw new InvalidSettingException($"{cluster.NameOf(property)} is not a property that the gateway knows; allowed are {string.Join(", ", KafkaProperties.Known.Order(StringComparer.Ordinal))}.");
            }

            cluster.Set(property, text);
        }

        return cluster;
    }

    /// <summary>Properties, also where somebody wrote <c>sasl: {mechanism: PLAIN}</c>.</summary>
    private static IEnumerable<(string Property, string Value)> Flat(string prefix, IDictionary properties) =>
        properties.Keys.Cast<string>().SelectMany(key => properties[key] is IDictionary inner ? Flat($"{prefix}{key}.", inner) : [(prefix + key, properties[key] as string ?? "")]);

    private static Dictionary<string, object?> Parse(string source, string text)
    {
        try
        {
            var parsed = new DeserializerBuilder().WithDuplicateKeyChecking().Build().Deserialize<object?>(text);
            return parsed is IDictionary map ? map.Keys.Cast<object>().ToDictionary(k => k as string ?? "", k => map[k]) : [];
        }
        catch (YamlException e)
        {
            // Its message may quote the text, and with it a secret: only the place is told.
            throw new InvalidSettingException($"{source} is not YAML: line {e.Start.Line}, column {e.Start.Column}.");
        }
    }
}
