using System.Globalization;
using PartnerPlatform.Benchmarks.Synthetic;

namespace PartnerPlatform.Benchmarks.Reports;

/// <summary>Tables for people.</summary>
internal static class MarkdownReport
{
    public static void Print(BenchmarkOptions options, Machine machine, Benchmark benchmark, TextWriter output)
    {
        var summaries = Summary.Of(benchmark.Measurements);
        output.WriteLine(Line($"\n{machine.Cores} cores, {machine.Processor}, Linux {machine.Kernel}, {machine.Runtime}, {machine.Haproxy ?? "no haproxy"}."));
        output.WriteLine(Line($"Medians of {options.Rounds} interleaved rounds after one to warm up; scale {options.Scale}, {options.Connections} connection(s) for each synthetic load.\n"));
        output.WriteLine(string.Join('\n', SyntheticLoad.Throughput.Append(SyntheticLoad.Closed).Where(l => options.Loads.Contains(l.Name)).Select(l => $"- {l.Describe()}")));
        if (benchmark.Capacity is { } capacity)
        {
            output.WriteLine(Line($"- paced: as small, shares of {capacity:0} requests/s, which the slowest variant carried with {SyntheticLoad.Small.Window} under way; an answer's time counts from when its request was due"));
        }

        foreach (var skipped in benchmark.Skipped)
        {
            output.WriteLine($"- skipped: {skipped.Name}: {skipped.Reason}");
        }

        output.WriteLine("\n| load | variant | MB/s | requests/s | to direct | CPU s/GB | to haproxy | CPU us/request | bytes allocated/request | switches/request | thereof involuntary |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var s in summaries)
        {
            output.WriteLine(Line($"| {s.Load} | {s.Variant} | {s.MegabytesPerSecond:0} | {s.RequestsPerSecond:0} | {s.SpeedToDirect:0.00} | {s.CpuSecondsPerGigabyte:0.000} | {s.CpuToHaproxy:0.00} | {s.CpuMicrosecondsPerRequest:0.0} | {s.AllocatedPerRequest:0} | {s.VoluntarySwitchesPerRequest + s.InvoluntarySwitchesPerRequest:0.00} | {s.InvoluntarySwitchesPerRequest:0.00} |"));
        }

        output.WriteLine("\n| load | variant | requests/s | p50 us | p99 us | p99.9 us | p50 added to direct, us |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var s in summaries.Where(s => s.Latency is not null && LoadNames.Groups["latency"].Contains(s.Load)))
        {
            output.WriteLine(Line($"| {s.Load} | {s.Variant} | {s.RequestsPerSecond:0} | {s.Latency!.P50:0} | {s.Latency.P99:0} | {s.Latency.P999:0} | {s.AddedP50:0} |"));
        }

        output.WriteLine($"\nAll measurements: {Path.GetRelativePath(Environment.CurrentDirectory, options.Json)}");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
