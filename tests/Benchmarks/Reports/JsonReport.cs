using System.Text.Json;

namespace PartnerPlatform.Benchmarks.Reports;

/// <summary>Everything that was measured, for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(BenchmarkOptions options, Machine machine, Benchmark benchmark)
    {
        var report = new
        {
            machine,
            options = new { options.Loads, options.Variants, options.Rounds, options.Scale, options.Connections },
            capacityRequestsPerSecond = benchmark.Capacity,
            benchmark.Skipped,
            benchmark.Failed,
            medians = Summary.Of(benchmark.Measurements),
            benchmark.Measurements,
            benchmark.Figures,
        };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Json))!);
        await File.WriteAllTextAsync(options.Json, JsonSerializer.Serialize(report, Json));
    }
}
