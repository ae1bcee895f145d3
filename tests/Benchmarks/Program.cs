using PartnerPlatform.Benchmarks;
using PartnerPlatform.Stack.Kafka;

if (RealKafka.SkipReason is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}

var rounds = args is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 5;
await using var surroundings = await Surroundings.StartAsync();
var results = new List<Sample>();
for (var round = 0; round <= rounds; round++)
{
    // Interleaved, so that a slow moment of the machine hits all alike; the first round only warms up.
    foreach (var variant in surroundings.Variants)
    {
        var produced = Loads.Produce(variant);
        var consumed = Loads.Consume(variant);
        Console.WriteLine($"round {round} {variant.Name}: produce {produced.MegabytesPerSecond:0} MB/s, consume {consumed.MegabytesPerSecond:0} MB/s");
        if (round > 0)
        {
            results.AddRange([produced, consumed]);
        }
    }
}

Report.Print(results);
return 0;
