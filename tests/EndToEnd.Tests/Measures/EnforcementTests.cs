using System.Diagnostics;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Measures;

public sealed class EnforcementTests(EmbeddedStack embedded)
{
    private const int Changes = 100;

    [Fact]
    public async Task A_change_is_enforced_on_both_nodes_well_within_a_second()
    {
        var api = embedded.Stack.Api;
        await api.NewPartnerAsync("measured");
        var enforced = new double[Changes];
        var answered = new double[Changes];
        for (var i = 0; i < Changes; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            enforced[i] = await api.EnforceAsync("createServiceAccount", new { virtualCluster = "measured", name = $"app-{i}" });
            answered[i] = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        }

        Array.Sort(enforced);
        Array.Sort(answered);
        Report.Say($"accepted mutation -> enforced on both nodes, {Changes} changes: p50 = {At(enforced, 0.5):0.0} ms, p99 = {At(enforced, 0.99):0.0} ms, max = {enforced[^1]:0.0} ms");
        Report.Say($"mutation sent -> answered as enforced on both nodes: p50 = {At(answered, 0.5):0.0} ms, p99 = {At(answered, 0.99):0.0} ms");
        Assert.InRange(At(enforced, 0.99), 0, 1000);
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Ceiling(part * sorted.Length) - 1];
}
