using System.Globalization;
using System.Text.RegularExpressions;
using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Benchmarks.Real;

/// <summary>Kafka's own tools for measuring, records of 1 KB. Speed is what the tool says; the proxy's cost includes that the tool starts and stops.</summary>
/// <param name="scale">Of the usual number of records.</param>
internal sealed partial class JavaLoads(double scale) : IDisposable
{
    public const string Produce = "java-produce";
    public const string Consume = "java-consume";

    private const int RecordBytes = 1024;
    private const int UsualRecords = 1_000_000;

    private readonly int _records = Math.Max(1000, (int)(UsualRecords * scale));
    private readonly string _folder = Directory.CreateTempSubdirectory("benchmarks-java-").FullName;

    public Measurement Measure(RealVariant variant, string load, int round)
    {
        var configuration = Path.Combine(_folder, $"{variant.Name}.properties");
        File.WriteAllText(configuration, Properties(variant));
        var records = _records.ToString(CultureInfo.InvariantCulture);
        string[] shared = ["--bootstrap-server", variant.Client.BootstrapServers, "--topic", variant.Topic, "--num-records", records, "--command-config", configuration];
        variant.Proxy?.Start();
        var output = RunTool(load == Produce
            ? ["producer-perf", .. shared, "--record-size", RecordBytes.ToString(CultureInfo.InvariantCulture), "--throughput", "-1", "--command-property", "acks=all", "linger.ms=5", "batch.size=1000000", "buffer.memory=134217728"]
            : ["consumer-perf", .. shared, "--hide-header", "--fetch-size", "10000000"]);
        var cost = variant.Proxy?.Stop();
        return new Measurement(load, variant.Name, round, load == Produce ? ProduceSeconds(output) : ConsumeSeconds(output), (long)_records * RecordBytes, _records, cost, Latency: null);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string RunTool(string[] arguments)
    {
        var result = RealKafka.RunToolAsync(arguments).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? result.Text : throw new InvalidOperationException($"{arguments[0]} ended with code {result.ExitCode}: {result.Text}");
    }

    private static string Properties(RealVariant variant) => variant.Client.SaslUsername is null ? "" : $"""
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=PLAIN
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="{variant.Client.SaslUsername}" password="{variant.Client.SaslPassword}";
        """;

    private double ProduceSeconds(string output) =>
        _records / Number(Sent().Matches(output).LastOrDefault(m => m.Groups[1].Value == _records.ToString(CultureInfo.InvariantCulture))?.Groups[2].Value, output);

    /// <summary>From its first question for records on: without its way into the group.</summary>
    private static double ConsumeSeconds(string output) => Number(Consumed().Match(output) is { Success: true } match ? match.Groups[1].Value : null, output) / 1000;

    private static double Number(string? value, string output) =>
        value is not null ? double.Parse(value, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"The tool said something else than expected: {output}");

    [GeneratedRegex(@"(\d+) records sent, ([\d.]+) records/sec")]
    private static partial Regex Sent();

    /// <summary>start.time, end.time, MB, MB/s, records, records/s, rebalance.time.ms, fetch.time.ms, ...</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\d [\d:]+, \d{4}-\d\d-\d\d [\d:]+(?:, [\d.]+){4}, \d+, (\d+),", RegexOptions.Multiline)]
    private static partial Regex Consumed();
}
