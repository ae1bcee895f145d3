using System.Globalization;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Scale;
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
        PrintNotes(options, benchmark, output);
        PrintCosts(summaries, output);
        PrintLatencies([.. summaries.Where(s => s.Latency is not null && LoadNames.Groups["latency"].Concat(LoadNames.Groups["fairness"]).Contains(s.Load))], output);
        PrintRaised(benchmark.Measurements, output);
        PrintFigures(benchmark.Figures, output);
        output.WriteLine($"\nAll measurements: {Path.GetRelativePath(Environment.CurrentDirectory, options.Json)}");
    }

    private static void PrintNotes(BenchmarkOptions options, Benchmark benchmark, TextWriter output)
    {
        foreach (var load in SyntheticLoad.Throughput.Append(SyntheticLoad.Closed).Where(l => options.Loads.Contains(l.Name)))
        {
            output.WriteLine($"- {load.Describe()}");
        }

        if (benchmark.Capacity is { } capacity)
        {
            output.WriteLine(Line($"- paced: as small, shares of {capacity:0} requests/s, which the slowest variant carried with {SyntheticLoad.Small.Window} under way; an answer's time counts from when its request was due"));
        }

        if (options.Loads.Overlaps(LoadNames.Groups["fairness"]))
        {
            output.WriteLine(Line($"- fairness: one client sends {PacedClient.RequestsPerSecond} requests/s of 1 KB, alone and beside {options.Connections} that fetch 1 MB at a time, 5 under way; MB/s are those of all"));
        }

        if (options.Loads.Overlaps([.. LoadNames.Groups["real"], .. LoadNames.Groups["java"]]))
        {
            output.WriteLine("- real: Apache Kafka and librdkafka, java: Kafka's own tools, whose machine compiles quickly and not well; a request is a record of 1 KB here");
        }

        output.WriteLine("- CPU, allocations and switches are the proxy's; a thread that gives way by itself (sched_yield) counts as interrupted");
        foreach (var skipped in benchmark.Skipped)
        {
            output.WriteLine($"- skipped: {skipped.Name}: {skipped.Reason}");
        }

        foreach (var failed in benchmark.Failed)
        {
            output.WriteLine($"- **failed**, not counted: {failed.Load} {failed.Variant} in round {failed.Round}: {failed.Reason}");
        }
    }

    private static void PrintFigures(IReadOnlyList<Figure> figures, TextWriter output)
    {
        if (figures.Count == 0)
        {
            return;
        }

        output.WriteLine("\n| what | figure |");
        output.WriteLine("| --- | ---: |");
        foreach (var figure in figures)
        {
            output.WriteLine(Line($"| {figure.Name} | {figure.Value:0.#} {figure.Unit} |"));
        }
    }

    private static void PrintCosts(IReadOnlyList<Summary> summaries, TextWriter output)
    {
        if (summaries.Count == 0)
        {
            return;
        }

        output.WriteLine("\n| load | variant | MB/s | requests/s | to direct | CPU s/GB | to haproxy | CPU us/request | bytes allocated/request | switches/request | interrupted |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var s in summaries)
        {
            output.WriteLine(Line($"| {s.Load} | {s.Variant} | {s.MegabytesPerSecond:0} | {s.RequestsPerSecond:0} | {s.SpeedToDirect:0.00} | {s.CpuSecondsPerGigabyte:0.000} | {s.CpuToHaproxy:0.00} | {s.CpuMicrosecondsPerRequest:0.0} | {s.AllocatedPerRequest:0} | {s.VoluntarySwitchesPerRequest + s.InvoluntarySwitchesPerRequest:0.00} | {s.InvoluntarySwitchesPerRequest:0.00} |"));
        }
    }

    private static void PrintLatencies(IReadOnlyList<Summary> summaries, TextWriter output)
    {
        if (summaries.Count == 0)
        {
            return;
        }

        output.WriteLine("\n| load | variant | requests/s | p50 us | p99 us | p99.9 us | p50 added to direct, us |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var s in summaries)
        {
            output.WriteLine(Line($"| {s.Load} | {s.Variant} | {s.RequestsPerSecond:0} | {s.Latency!.P50:0} | {s.Latency.P99:0} | {s.Latency.P999:0} | {s.AddedP50:0} |"));
        }
    }

    /// <summary>What others at full speed add to a client's latency: medians of the rounds' own differences.</summary>
    private static void PrintRaised(IReadOnlyList<Measurement> measurements, TextWriter output)
    {
        var pairs = measurements.Where(m => m.Load == Fairness.Beside)
            .SelectMany(b => measurements.Where(a => a.Load == Fairness.Alone && a.Variant == b.Variant && a.Round == b.Round).Select(a => (b.Variant, P50: b.Latency!.P50 - a.Latency!.P50, P99: b.Latency.P99 - a.Latency.P99)))
            .GroupBy(p => p.Variant).ToList();
        if (pairs.Count == 0)
        {
            return;
        }

        output.WriteLine("\n| fairness | p50 raised by, us | p99 raised by, us |");
        output.WriteLine("| --- | ---: | ---: |");
        foreach (var variant in pairs)
        {
            output.WriteLine(Line($"| {variant.Key} | {Statistics.Median([.. variant.Select(p => p.P50)]):0} | {Statistics.Median([.. variant.Select(p => p.P99)]):0} |"));
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
