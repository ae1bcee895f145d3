using System.Globalization;
using PartnerPlatform.Benchmarks;
using PartnerPlatform.Benchmarks.Reports;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Benchmarks.Walking;

if (args is [Sink.Command, var port, var fetchBytes])
{
    Sink.Run(int.Parse(port, CultureInfo.InvariantCulture), int.Parse(fetchBytes, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [WalkerBenchmark.Command])
{
    WalkerBenchmark.Run();
    return 0;
}

if (args is ["--help" or "-h"])
{
    Console.WriteLine(BenchmarkOptions.Help);
    return 0;
}

try
{
    var options = BenchmarkOptions.Parse(args);
    var benchmark = new Benchmark(options);
    await benchmark.RunAsync();
    var machine = await Machine.LookAsync();
    await JsonReport.WriteAsync(options, machine, benchmark);
    MarkdownReport.Print(options, machine, benchmark, Console.Out);
    return benchmark.Measurements.Count + benchmark.Figures.Count > 0 && benchmark.Failed.Count == 0 ? 0 : 1;
}
catch (InvalidArgumentException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{BenchmarkOptions.Help}");
    return 1;
}
