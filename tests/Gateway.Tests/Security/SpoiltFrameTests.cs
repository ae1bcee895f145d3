using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Security.Fuzz;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>
/// Messages of Kafka's own serializers, spoilt on the level of frame, field, length, tag and version, and messages made by chance, of clients and of brokers,
/// through the gateway's rewriting: no error that nobody thought of, no endless work, nothing foreign in what leaves, no memory that grows. FUZZ_CASES (default 100000) says how
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
        Gen.Select(Gen.Int[0, samples.Count - 1], Gen.Int[(int)Level.Field, (int)Level.Made], Gen.ULong).Sample(
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

    /// <summary>Found by the fuzz: a broker could name a stand-in that was never made.</summary>
    [Theory]
    [InlineData("~-1")]
    [InlineData("~1")]
    [InlineData("~2147483648")]
    [InlineData("~00000000000000000000000000000001")]
    public void A_name_like_that_of_a_decoy_is_none(string name)
    {
        var exchange = _world.Tenants[0].Exchange(Definitions.Apis[ApiKey.Metadata], 12, new ConnectionMemory());
        Assert.NotNull(exchange.FindDecoy(exchange.AddDecoy("orders"u8, ErrorCode.TopicAuthorizationFailed)));
        Assert.Null(exchange.FindDecoy(Encoding.UTF8.GetBytes(name)));
    }

    /// <summary>Found by the fuzz: brokers quote topics of others in their error texts.</summary>
    [Theory]
    [InlineData("Topic 'medlar.merger_plans' collides with existing topics: vault.merger-plans", "Topic 'merger_plans' collides with existing topics: another topic")]
    [InlineData("Not the leader of payroll.salaries-0.", "Not the leader of another topic")]
    [InlineData("Nothing of medlar.carts is wrong.", "Nothing of carts is wrong.")]
    public void An_error_text_quotes_no_topic_of_others(string text, string shown) => Assert.Equal(shown, ErrorTexts.Clean(text, _world.Tenants[1].View));

    /// <summary>Found by the fuzz: beside a name, an id went to the broker as the client gave it.</summary>
    [Fact]
    public void A_topic_to_delete_that_is_named_twice_over_is_refused_here()
    {
        var tenant = _world.Tenants[1];
        var exchange = tenant.Exchange(Definitions.Apis[ApiKey.DeleteTopics], 6, new ConnectionMemory());
        var request = Node.Of(exchange.Api.Request);
        request.List("topics").Add(request.NewChild("topics").Set("name", "carts").Set("topicId", tenant.ForeignIds[0]));
        var answer = _world.Apis[ApiKey.DeleteTopics].Request(exchange, request);
        Assert.Equal((short)ErrorCode.InvalidRequest, answer!.List("responses").Single().Get<short>("errorCode"));
    }
}
