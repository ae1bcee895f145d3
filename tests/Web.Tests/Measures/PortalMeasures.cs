using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.EndToEnd.Tests.Measures;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Web.Tests.Measures;

/// <summary>
/// What people and machines wait for. The figures are said, not asserted; that the pages hold what they must is. <c>MEASURE_ZONES</c> is how many zones there are besides the demo's;
/// without it nothing is measured.
/// </summary>
public sealed class PortalMeasures(PortalFixture portal)
{
    private static readonly int? Zones = Environment.GetEnvironmentVariable("MEASURE_ZONES") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;
    private const int Rounds = 9;
    private const int Revocations = 20;

    private const string Zone = "measured-00042";
    private const string OnDemand = "measured on demand: MEASURE_ZONES is not set";

    [Fact]
    public async Task Pages_are_drawn_with_many_zones()
    {
        Assert.SkipWhen(Zones is null, OnDemand);
        var zones = await SeedAsync();
        var first = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // A context of its own has an empty cache: everything is loaded.
            await using var window = await portal.OpenAsync("OPERATOR", "/zones");
            first.Add(await DrawnAsync(window.Page, "Zones"));
            Assert.Equal(25, await window.Page.Locator("tbody tr").CountAsync());
        }

        string[] pages = [Zone, "Audit", "Nodes", "Overview", "Zones"];
        var between = pages.ToDictionary(page => page, _ => new List<double>());
        await using var walker = await portal.OpenAsync("OPERATOR");
        for (var round = 0; round <= Rounds; round++)
        {
            // The first round only warms up.
            await walker.GoAsync($"/zones?text={Zone}");
            await DrawnAsync(walker.Page, "Zones");
            foreach (var page in pages)
            {
                var took = await FollowAsync(walker.Page, page);
                if (round > 0)
                {
                    between[page].Add(took);
                }
            }
        }

        Report.Say($"{zones} zones, first page with its data, empty cache: median of {Rounds} = {Median(first):0} ms, max {first.Max():0} ms");
        foreach (var (page, times) in between)
        {
            Report.Say($"{zones} zones, from click to {page} with its data: median of {Rounds} = {Median(times):0} ms, max {times.Max():0} ms");
        }

        Assert.Empty(walker.Errors);
    }

    [Fact]
    public async Task A_click_on_revoke_ends_the_clients_session()
    {
        Assert.SkipWhen(Zones is null, OnDemand);
        using var automation = new Automation(portal.Stack);
        await using var window = await portal.OpenAsync("OPERATOR");
        var times = new List<double>();
        for (var round = 0; round < Revocations; round++)
        {
            var name = $"clicked-{Guid.NewGuid().ToString("N")[..8]}";
            await automation.MutateAsync("createServiceAccount", new { virtualCluster = "acme", name });
            var token = await automation.MutateAsync("issueToken", new { virtualCluster = "acme", serviceAccount = name, awaitEnforcement = "PT10S" }, "token");
            using var session = await RawSession.TryPlainAsync(portal.Stack["BOOTSTRAP"].Split(',')[0], name, token.GetProperty("token").GetString()!);
            Assert.NotNull(session);
            await window.AtAsync($"/zones/acme/applications/{name}");
            await window.Button("Revoke application").ClickAsync();
            await window.Page.FillAsync("#reason", "measured");
            var button = window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke application", Exact = true });
            await Assertions.Expect(button).ToBeEnabledAsync();
            var end = session.EndedAsync(TimeSpan.FromSeconds(10));
            var clicked = Stopwatch.GetTimestamp();
            await button.ClickAsync();
            times.Add(Stopwatch.GetElapsedTime(clicked, await end).TotalMilliseconds);
        }

        Report.Say($"click on \"revoke\" -> client cut off: median {Median(times):0} ms, max of {Revocations} = {times.Max():0} ms");
    }

    [Fact]
    public async Task Tokens_are_issued()
    {
        Assert.SkipWhen(Zones is null, OnDemand);
        const int clients = 4;
        using var identity = Assert.Single(portal.Stack.Processes("Identity"));
        using var automation = new Automation(portal.Stack);
        await RunAsync(TimeSpan.FromSeconds(1));
        identity.Refresh();
        var (cpu, clock) = (identity.TotalProcessorTime, Stopwatch.GetTimestamp());
        var issued = await RunAsync(TimeSpan.FromSeconds(5));
        identity.Refresh();
        var (used, wall) = (identity.TotalProcessorTime - cpu, Stopwatch.GetElapsedTime(clock));
        Report.Say($"access tokens by client credentials: {issued / used.TotalSeconds:0} a second of one core's time in Identity; {issued / wall.TotalSeconds:0} a second with {clients} askers on the same machine");
        Assert.True(issued > 0);

        async Task<int> RunAsync(TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
            {
                var count = 0;
                for (; Stopwatch.GetElapsedTime(start) < time; count++)
                {
                    await automation.TokenAsync();
                }

                return count;
            }));
            return counts.Sum();
        }
    }

    /// <summary>Milliseconds since the page began to load, at the first picture that has the heading and all of the data.</summary>
    private static async Task<double> DrawnAsync(IPage page, string heading) => await (await page.WaitForFunctionAsync(
        "h => document.querySelector('main h1')?.textContent.trim() === h && !document.querySelector('[aria-busy=true]') && performance.now()", heading)).JsonValueAsync<double>();

    /// <param name="link">The heading of the page it leads to, too.</param>
    private static async Task<double> FollowAsync(IPage page, string link)
    {
        await page.EvaluateAsync("addEventListener('click', () => window.clickedAt = performance.now(), { capture: true, once: true })");
        await page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();
        return await DrawnAsync(page, link) - await page.EvaluateAsync<double>("window.clickedAt");
    }

    private async Task<int> SeedAsync()
    {
        var count = Zones!.Value;
        using var automation = new Automation(portal.Stack);
        await automation.MutateAsync("createOrganization", new { name = "measured" });
        var clock = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            await automation.MutateAsync("createPartnerZone", new
            {
                name = $"measured-{i.ToString("00000", CultureInfo.InvariantCulture)}",
                organization = "measured",
                topics = new[] { new { name = "orders", physicalTopic = "sales.orders.v1", permission = "READ" } },
                serviceAccounts = new[] { "app" },
            }));
        Report.Say($"{count} zones made in {Stopwatch.GetElapsedTime(clock).TotalSeconds:0} s");
        return count;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
