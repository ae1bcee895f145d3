using System.Runtime.InteropServices;
using PartnerPlatform.Benchmarks.Surroundings;

namespace PartnerPlatform.Benchmarks.Reports;

/// <summary>What the figures depend on beside the product.</summary>
/// <param name="Haproxy">First line of its version; null: it is not there.</param>
internal sealed record Machine(int Cores, string Processor, string Kernel, string Runtime, string? Haproxy, DateTimeOffset MeasuredAt)
{
    private const string ModelName = "model name";

    public static async Task<Machine> LookAsync() => new(
        Environment.ProcessorCount,
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(ModelName, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim(),
        RuntimeInformation.FrameworkDescription,
        await HaproxyProcess.VersionAsync(),
        DateTimeOffset.UtcNow);
}
