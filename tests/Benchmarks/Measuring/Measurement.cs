namespace PartnerPlatform.Benchmarks.Measuring;

/// <summary>One load through one variant, once.</summary>
/// <param name="Round">From 1; 0 only warms up and is not reported.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="Bytes">Of record batches.</param>
/// <param name="Requests">Records where a client library decides about requests.</param>
/// <param name="Cost">Of the proxy; null without one.</param>
/// <param name="Latency">Null where a client library batches.</param>
internal sealed record Measurement(string Load, string Variant, int Round, double Seconds, long Bytes, long Requests, ProxyCost? Cost, Latency? Latency)
{
    private const double Gigabyte = 1e9;

    public double MegabytesPerSecond => Bytes / 1e6 / Seconds;

    public double RequestsPerSecond => Requests / Seconds;

    public double? CpuSecondsPerGigabyte => Cost?.CpuSeconds / (Bytes / Gigabyte);

    public double? CpuMicrosecondsPerRequest => Cost?.CpuSeconds * 1e6 / Requests;

    public double? AllocatedPerRequest => Cost?.AllocatedBytes is { } bytes ? (double)bytes / Requests : null;

    public double? VoluntarySwitchesPerRequest => (double?)Cost?.VoluntarySwitches / Requests;

    public double? InvoluntarySwitchesPerRequest => (double?)Cost?.InvoluntarySwitches / Requests;
}
