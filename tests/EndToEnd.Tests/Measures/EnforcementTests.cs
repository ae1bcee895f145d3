using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Measures;

/// <summary>From an accepted mutation until both nodes enforce it. <c>MEASURE_ENFORCED</c> is how many records a second are written and read through the nodes meanwhile.</summary>
public sealed class EnforcementTests(EmbeddedStack embedded)
{
    private const int Changes = 100;
    private const int ChangesUnderLoad = 200;

    private static readonly int? RecordsPerSecond =
        Environment.GetEnvironmentVariable("MEASURE_ENFORCED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_change_is_enforced_on_both_nodes_well_within_a_second()
    {
        await embedded.Stack.Api.NewPartnerAsync("measured");
        var enforced = await MeasureAsync("measured", Changes, "");
        Assert.InRange(At(enforced, 0.99), 0, 1000);
    }

    [Fact]
    public async Task A_change_is_enforced_on_both_nodes_under_load()
    {
        Assert.SkipWhen(RecordsPerSecond is null, "measured on demand: MEASURE_ENFORCED is not set");
        var (stack, load) = (embedded.Stack, RecordsPerSecond!.Value);
        await stack.Api.NewPartnerAsync("measured-under-load");
        await stack.Api.ChangeAsync("createOrganization", new { name = "measured-load" });
        var topics = new[] { new { name = "returns", physicalTopic = Shop.Returns, permission = "READ_WRITE" } };
        await stack.Api.ChangeAsync("createPartnerZone", new { name = "measured-load", organization = "measured-load", topics, serviceAccounts = new[] { "app" } });
        await Eventually.TrueAsync("the zone is ready", Soon, async () => await stack.Api.ZoneStatusAsync("measured-load") == "READY");
        var login = await stack.Api.NewTokenAsync("measured-load", "app");

        // The topic's partitions lie behind both nodes.
        var brokers = (await Clients.LookAsync(stack.Bootstrap, login)).Brokers;
        Assert.All(stack.Nodes, node => Assert.Contains(brokers, broker => node.Owns(broker.Port)));
        await using var writer = new RunningWriter(stack.Bootstrap, login, "returns", load);
        await using var reader = new RunningReader(stack.Bootstrap, login, "returns");
        await reader.MoreAsync(Soon, load);
        var (written, read, clock) = (writer.Confirmed, reader.Count, Stopwatch.GetTimestamp());
        await MeasureAsync("measured-under-load", ChangesUnderLoad, $" beside {load} records of 1 KB a second");
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        Report.Say(string.Create(CultureInfo.InvariantCulture, $"meanwhile {(writer.Confirmed - written) / seconds:0} records a second were written and {(reader.Count - read) / seconds:0} read through both nodes"));
        Assert.Empty(writer.Refused);
    }

    /// <returns>Milliseconds, sorted.</returns>
    private async Task<double[]> MeasureAsync(string zone, int changes, string beside)
    {
        var enforced = new double[changes];
        var answered = new double[changes];
        for (var i = 0; i < changes; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            enforced[i] = await embedded.Stack.Api.EnforceAsync("createServiceAccount", new { virtualCluster = zone, name = $"app-{i}" });
            answered[i] = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        }

        Array.Sort(enforced);
        Array.Sort(answered);
        Report.Say($"accepted mutation -> enforced on both nodes, {changes} changes{beside}: p50 = {At(enforced, 0.5):0.0} ms, p99 = {At(enforced, 0.99):0.0} ms, max = {enforced[^1]:0.0} ms");
        Report.Say($"mutation sent -> answered as enforced on both nodes{beside}: p50 = {At(answered, 0.5):0.0} ms, p99 = {At(answered, 0.99):0.0} ms");
        return enforced;
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Ceiling(part * sorted.Length) - 1];
}
