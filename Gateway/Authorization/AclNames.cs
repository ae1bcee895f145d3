using System.Collections.Frozen;

namespace PartnerPlatform.Gateway.Authorization;

/// <summary>Kafka's upper-case names of its codes: IdempotentWrite is IDEMPOTENT_WRITE.</summary>
public static class AclNames
{
    /// <exception cref="FormatException">There is no such name.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        Names<T>.ByName.TryGetValue(name, out var value) ? value : throw new FormatException($"Unknown {typeof(T).Name} '{name}'.");

    /// <summary>Null: Kafka has no such code, or it is none of a binding (UNKNOWN, ANY).</summary>
    public static string? Of<T>(T code)
        where T : struct, Enum => Names<T>.ByCode.GetValueOrDefault(code);

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> ByName = Enum.GetValues<T>().ToFrozenDictionary(
            v => string.Concat(v.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString())), StringComparer.Ordinal);

        public static readonly FrozenDictionary<T, string> ByCode = ByName.ToFrozenDictionary(p => p.Value, p => p.Key);
    }
}
