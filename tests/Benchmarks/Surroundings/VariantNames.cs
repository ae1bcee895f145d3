namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>Ways that a load can take, in the order of a round.</summary>
internal static class VariantNames
{
    public const string Direct = "direct";
    public const string Haproxy = "haproxy";
    public const string Passthrough = "passthrough";
    public const string Standard = "standard";
    public const string Partner = "partner";
    public const string TlsSuffix = "-tls";

    /// <summary>Connections take turns over two nodes that know nothing of each other.</summary>
    public const string StandardOnTwo = "standard-2";

    /// <summary>A virtual cluster of each kind; clients log in by SASL/PLAIN.</summary>
    public static readonly string[] Gateway = [Passthrough, Standard, Partner];

    public static readonly string[] All = [Direct, Haproxy, .. Gateway, StandardOnTwo, Haproxy + TlsSuffix, .. Gateway.Select(g => g + TlsSuffix)];
}
