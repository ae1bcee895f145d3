using PartnerPlatform.Benchmarks.Real;
using PartnerPlatform.Benchmarks.Scale;
using PartnerPlatform.Benchmarks.Synthetic;

namespace PartnerPlatform.Benchmarks;

/// <summary>What <c>--loads</c> takes: groups, and the loads in them.</summary>
internal static class LoadNames
{
    public static IReadOnlyDictionary<string, string[]> Groups { get; } = new Dictionary<string, string[]>
    {
        ["synthetic"] = [.. SyntheticLoad.Throughput.Select(l => l.Name)],
        ["latency"] = [SyntheticLoad.Closed.Name, .. PacedLoad.All.Select(l => l.Name)],
        ["fairness"] = [Fairness.Alone, Fairness.Beside],
        ["real"] = [RealLoads.Produce, RealLoads.Consume],
        ["java"] = [JavaLoads.Produce, JavaLoads.Consume],
        ["scale"] = [ModelScale.Name, IdleConnections.Name, ConnectAtOnce.Name, ChangesUnderLoad.Name],
    };

    /// <summary>What is run when nothing is said.</summary>
    public static string[] Usual { get; } = ["synthetic", "latency", "real"];

    public static string[] Allowed { get; } = [.. Groups.SelectMany(g => g.Value.Prepend(g.Key))];

    /// <summary>Groups become the loads in them.</summary>
    public static HashSet<string> Expand(IEnumerable<string> names) => [.. names.SelectMany(n => Groups.GetValueOrDefault(n, [n]))];
}
