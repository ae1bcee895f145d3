using System.Diagnostics;

namespace PartnerPlatform.Benchmarks.Measuring;

/// <summary>How long answers took, in microseconds.</summary>
internal sealed record Latency(double P50, double P99, double P999)
{
    /// <summary>From every single sample, not from classes.</summary>
    /// <param name="ticks">Of <see cref="Stopwatch"/>; sorted by this.</param>
    public static Latency Of(long[] ticks)
    {
        Array.Sort(ticks);
        return new Latency(At(ticks, 0.5), At(ticks, 0.99), At(ticks, 0.999));
    }

    private static double At(long[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))] * 1e6 / Stopwatch.Frequency;
}
