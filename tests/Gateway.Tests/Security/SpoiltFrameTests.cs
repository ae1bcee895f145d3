using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CsCheck;
using PartnerPlatform.Gateway.Tests.Security.Fuzz;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>
/// Messages of Kafka's own serializers, spoilt on the level of frame, field, length, tag and version, of clients and of brokers, through the gateway's
/// rewriting: no error that nobody thought of, no endless work, nothing foreign in what leaves, no memory that grows. FUZZ_CASES (default 100000) says how
/// many, FUZZ_SEED which: FUZZ_CASES=10000000 ./test.sh SpoiltFrameTests.
/// </summary>
public class SpoiltFrameTests(ITestOutputHelper output)
{
    private const long MaximumGrowth = 64 << 20;

    private readonly FuzzWorld _world = new();

    [Fact]
    public void Messages_that_are_not_spoilt_pass_and_their_names_are_rewritten()
    {
        var samples = Corpus.Of(_world);
        var fuzzer = new Fuzzer(_world, samples);
        var wrong = Enumerable.Range(0, samples.Count).Select(i => fuzzer.Run(i, Level.None, 1)).OfType<string>().ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(fuzzer.Passed > samples.Count / 2, $"Only {fuzzer.Passed} of {samples.Count} pass.");
    }

    [Fact]
    public void Spoilt_messages_are_refused_or_rewritten_and_nothing_foreign_leaves()
    {
        var samples = Corpus.Of(_world);
        var fuzzers = new ConcurrentBag<Fuzzer>();
        using var own = new ThreadLocal<Fuzzer>(() =>
        {
            var made = new Fuzzer(_world, samples);
            fuzzers.Add(made);
            return made;
        });
        var cases = long.Parse(Environment.GetEnvironmentVariable("FUZZ_CASES") ?? "100000", CultureInfo.InvariantCulture);
        var (started, before) = (Stopwatch.GetTimestamp(), GC.GetTotalMemory(forceFullCollection: true));
        Gen.Select(Gen.Int[0, samples.Count - 1], Gen.Int[(int)Level.Field, (int)Level.Version], Gen.ULong).Sample(
            (sample, level, seed) =>
            {
                var wrong = own.Value!.Run(sample, (Level)level, seed);
                Assert.True(wrong is null, wrong);
            },
            seed: Environment.GetEnvironmentVariable("FUZZ_SEED"),
            iter: cases);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{cases} cases of {samples.Count} messages in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s: {fuzzers.Sum(f => f.Passed)} passed, {fuzzers.Sum(f => f.Refused)} refused; {grown >> 10} KiB more memory");
        Assert.True(grown < MaximumGrowth, $"{grown >> 20} MiB were kept.");
    }
}
