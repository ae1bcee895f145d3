namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>Topics of the sink, one partition each.</summary>
internal static class SinkTopics
{
    /// <summary>Of clients without a virtual cluster, and what the alias leads to.</summary>
    public const string Plain = "orders";

    /// <summary>Of the virtual cluster <c>shop</c>.</summary>
    public const string Prefixed = "shop.orders";

    public static IReadOnlyDictionary<string, Guid> Ids { get; } = new Dictionary<string, Guid>
    {
        [Plain] = new("6f1d5a52-9a2b-4c39-8a1e-0c5a1b0f0001"),
        [Prefixed] = new("6f1d5a52-9a2b-4c39-8a1e-0c5a1b0f0002"),
    };
}
