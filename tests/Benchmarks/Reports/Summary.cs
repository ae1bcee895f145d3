using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Surroundings;

namespace PartnerPlatform.Benchmarks.Reports;

/// <summary>One load through one variant: medians of all rounds, and medians of what the rounds' own ratios are.</summary>
/// <param name="SpeedToDirect">1 = as fast; null: nothing was measured directly.</param>
/// <param name="CpuToHaproxy">1 = as costly, by TLS too where the variant is; null: no haproxy was measured.</param>
/// <param name="AddedP50">Microseconds beyond the direct way.</param>
internal sealed record Summary(
    string Load,
    string Variant,
    int Rounds,
    double MegabytesPerSecond,
    double RequestsPerSecond,
    double? SpeedToDirect,
    double? CpuSecondsPerGigabyte,
    double? CpuToHaproxy,
    double? CpuMicrosecondsPerRequest,
    double? AllocatedPerRequest,
    double? VoluntarySwitchesPerRequest,
    double? InvoluntarySwitchesPerRequest,
    Latency? Latency,
    double? AddedP50)
{
    /// <summary>In the order of the measurements.</summary>
    public static IReadOnlyList<Summary> Of(IReadOnlyList<Measurement> measurements) =>
        [.. measurements.GroupBy(m => m.Load).SelectMany(load => load.GroupBy(m => m.Variant).Select(variant => Of([.. load], [.. variant])))];

    private static Summary Of(List<Measurement> load, List<Measurement> own)
    {
        var haproxy = VariantNames.Haproxy + (own[0].Variant.EndsWith(VariantNames.TlsSuffix, StringComparison.Ordinal) ? VariantNames.TlsSuffix : "");
        double? Median(Func<Measurement, double?> value) => MedianOf(own.Select(value));
        double? Against(string other, Func<Measurement, Measurement, double?> compare) =>
            MedianOf(own.Select(m => load.Find(o => o.Variant == other && o.Round == m.Round) is { } found ? compare(m, found) : null));
        return new Summary(
            own[0].Load,
            own[0].Variant,
            own.Count,
            Median(m => m.MegabytesPerSecond)!.Value,
            Median(m => m.RequestsPerSecond)!.Value,
            Against(VariantNames.Direct, (m, direct) => m.MegabytesPerSecond / direct.MegabytesPerSecond),
            Median(m => m.CpuSecondsPerGigabyte),
            Against(haproxy, (m, other) => m.CpuSecondsPerGigabyte / other.CpuSecondsPerGigabyte),
            Median(m => m.CpuMicrosecondsPerRequest),
            Median(m => m.AllocatedPerRequest),
            Median(m => m.VoluntarySwitchesPerRequest),
            Median(m => m.InvoluntarySwitchesPerRequest),
            own[0].Latency is null ? null : new Latency(Median(m => m.Latency!.P50)!.Value, Median(m => m.Latency!.P99)!.Value, Median(m => m.Latency!.P999)!.Value),
            Against(VariantNames.Direct, (m, direct) => m.Latency?.P50 - direct.Latency?.P50));
    }

    private static double? MedianOf(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToList();
        return known.Count > 0 ? Statistics.Median(known) : null;
    }
}
