using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Benchmarks.Walking;

/// <summary>What it costs to walk a frame, give every name another, and write it anew where its length changes; time and memory for one frame, a copy of it included.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class WalkerBenchmark
{
    /// <summary>Argument of the process.</summary>
    internal const string Command = "--walker";

    private const int LongestName = 60;

    private readonly Walker _walker = new();
    private readonly Renaming _visitor = new();
    private readonly WireWriter _written = new();
    private readonly byte[] _frame = new byte[64 * 1024];
    private WalkedMessage _message = null!;

    /// <summary>The messages' names: parameters have to be public.</summary>
    public static IEnumerable<string> Messages => WalkedMessage.All().Select(m => m.ToString());

    [ParamsSource(nameof(Messages))]
    public string Message { get; set; } = "";

    internal static void Run()
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(100));
        BenchmarkRunner.Run<WalkerBenchmark>(ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestName))
            .WithArtifactsPath(Path.Combine(Repository.Root, ".run", "walker")));
    }

    [GlobalSetup]
    public void Find() => _message = WalkedMessage.All().Single(m => m.ToString() == Message);

    [Benchmark(OperationsPerInvoke = WalkedMessage.Frames)]
    public int Rewrite()
    {
        var length = 0;
        foreach (var body in _message.Bodies)
        {
            // What is changed in place would be another message the next time.
            body.CopyTo(_frame.AsSpan());
            var frame = _frame.AsSpan(0, body.Length);
            _walker.Run(_message.Table, frame, _visitor);
            _written.Clear();
            Patch.Apply(frame, _walker.Patches, _written);
            length += _written.Length;
        }

        return length;
    }

    private sealed class Renaming : FieldVisitor
    {
        private static readonly byte[] Name = "shop.orders"u8.ToArray();

        public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value) =>
            meaning is Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId ? Replacement.With(Name) : Replacement.None;
    }
}
