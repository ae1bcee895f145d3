namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>An open loop: small requests at fixed moments, whether the answers before came or not.</summary>
/// <param name="Share">Of the capacity that was found.</param>
internal sealed record PacedLoad(string Name, double Share)
{
    /// <summary>Of a whole measurement.</summary>
    public const double Seconds = 5;

    public static IReadOnlyList<PacedLoad> All { get; } = [new("paced-10", 0.1), new("paced-50", 0.5), new("paced-80", 0.8)];
}
