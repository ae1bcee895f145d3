
namespace PartnerPlatform.ClusterSettings;

/// <summary>The Java client's properties that the gateway knows, and one cluster's values for them.</summary>
/// <param name="cluster">Name of the cluster.</param>
/// <param name="origin">How the operator knows a property: a variable's name, or a file and a path in it.</param>
public sealed class KafkaProperties(string cluster, Func<string, string> origin)
{
    /// <summary>Those that the options declare; true: a secret, which is never shown and may come from a file (<c>NAME_FILE</c>).</summary>
    private static readonly Dictionary<string, bool> KnownProperties =
        SettingAttribute.Of(typeof(KafkaClusterOptions)).ToDictionary(s => s.Name, s => s.HasFile, StringComparer.Ordinal);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public static IEnumerable<string> Known => KnownProperties.Keys;

    /// <summary>Known properties by the last part of their variable: <c>SSL_KEYSTORE_KEY</c>.</summary>
    public static IReadOnlyDictionary<string, string> BySuffix { get; } =
        KnownProperties.Keys.ToDictionary(p => p.Replace('.', '_').ToUpperInvariant(), StringComparer.OrdinalIgnoreCase);

    public string Cluster => cluster;

    public static bool IsSecret(string property) => KnownProperties[property];

    public void Set(string property, string value) => _values[property] = value;

    /// <summary>How the operator knows a property.</summary>
    public string NameOf(string property) => origin(property);

    /// <summary>Null: not given, or empty.</summary>
    public string? Optional(string property) => _values.GetValueOrDefault(property) is { Length: > 0 } value ? value : null;

    /// <summary>Given and empty, which for one property means something.</summary>
    public bool IsEmpty(string property) => _values.TryGetValue(property, out var value) && value.Trim().Length == 0;

    public Secret? Secret(string property) => Optional(property) is { } value ? new Secret(value) : null;

    /// <exception cref="InvalidSettingException">It is missing.</exception>
    public string Required(string property, string meaning) => Optional(property) ?? throw new InvalidSettingException($"{NameOf(property)} is missing: {meaning}.");

    /// <exception cref="InvalidSettingException">It is none of the names.</exception>
    public T Choice<T>(string property, T defaultValue, string? rule = null)
        where T : struct, Enum =>
        Optional(property) is not { } text ? defaultValue
        : Enum.GetNames<T>().FirstOrDefault(n => string.Equals(n, text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name)
        : throw Wrong(property, rule ?? $"one of {string.Join(", ", Enum.GetNames<T>())} is allowed");

    /// <summary>An error that names the property, and what was given unless it is a secret.</summary>
    public InvalidSettingException Wrong(string property, string rule) =>
        new(IsSecret(property) ? $"{NameOf(property)}: {rule}." : $"{NameOf(property)} is '{Optional(property)}': {rule}.");

    /// <summary>Properties given whose name starts so.</summary>
    public IEnumerable<string> Given(string prefix) => _values.Keys.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
