using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Outages;

public sealed class NodeLossTests(EmbeddedStack embedded)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task A_killed_node_leaves_the_metadata_within_seconds_and_clients_go_on_at_the_other()
    {
        var login = await _stack.Api.NewPartnerAsync("node-loss");
        var (kept, lost) = (_stack.Nodes[0], _stack.Nodes[1]);
        await Eventually.TrueAsync("both nodes are in the metadata", Soon, async () => (await PortsAsync(kept, login)).Any(lost.Owns));
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await using var writer = new RunningWriter(_stack.Bootstrap, login, "returns");
        await Task.WhenAll(reader.MoreAsync(Soon), writer.MoreAsync(Soon));

        await lost.Process.KillAsync();

        try
        {
            var gone = await Eventually.TrueAsync("the killed node is gone from the metadata", TimeSpan.FromSeconds(5), async () => (await PortsAsync(kept, login)).All(kept.Owns));
            Measures.Report.Say($"node killed -> gone from the other node's metadata: {gone.TotalSeconds:0.0} s");
            await Task.WhenAll(reader.MoreAsync(Soon, records: 50), writer.MoreAsync(Soon));
        }
        finally
        {
            // The other tests need both.
            await lost.Process.StartAsync();
        }

        await Eventually.TrueAsync("the node is back in the metadata", Soon, async () => (await PortsAsync(kept, login)).Any(lost.Owns));
        await Task.WhenAll(reader.MoreAsync(Soon, records: 50), writer.MoreAsync(Soon));
        Assert.Empty(writer.Refused);
    }

    [Fact]
    public async Task A_killed_node_resumes_from_its_state_file_without_a_snapshot()
    {
        var login = await _stack.Api.NewPartnerAsync("resumed");
        var node = _stack.Nodes[1];
        await StateCatchesUpAsync(node);
        var snapshots = SnapshotsOf(node);
        Assert.True(snapshots > 0);

        await node.Process.KillAsync();
        var late = await _stack.Api.ChangeAsync("createServiceAccount", new { virtualCluster = "resumed", name = "late" });
        await node.Process.StartAsync();
        await StateCatchesUpAsync(node);

        Assert.True(late.GetProperty("createServiceAccount").GetProperty("change").GetProperty("feedNumber").GetInt64() > 0);
        Assert.Equal(snapshots, SnapshotsOf(node));
        using var session = await RawSession.OpenAsync(node, login);
    }

    [Fact]
    public async Task A_broken_state_file_is_put_aside_and_healed_by_a_snapshot()
    {
        var login = await _stack.Api.NewPartnerAsync("healed");
        var node = _stack.Nodes[1];
        await StateCatchesUpAsync(node);
        await node.Process.StopAsync();
        var whole = await File.ReadAllTextAsync(node.State.Path);
        await File.WriteAllTextAsync(node.State.Path, whole[..(whole.Length / 2)]);
        var snapshots = SnapshotsOf(node);

        await node.Process.StartAsync();

        await StateCatchesUpAsync(node);
        Assert.Equal(whole[..(whole.Length / 2)], await File.ReadAllTextAsync(node.State.Damaged));
        await Eventually.TrueAsync("Platform gave a snapshot", Soon, () => SnapshotsOf(node) == snapshots + 1);
        using var session = await RawSession.OpenAsync(node, login);
    }

    private static async Task<IReadOnlyList<int>> PortsAsync(GatewayUnderTest node, Login login) =>
        [.. (await Clients.LookAsync(node.Bootstrap, login)).Brokers.Select(broker => broker.Port)];

    private int SnapshotsOf(GatewayUnderTest node) => File.ReadAllText(_stack.Platform.Plan.LogFile).Split($"{node.Name} reads gateway entries from a snapshot").Length - 1;

    private Task StateCatchesUpAsync(GatewayUnderTest node) => Eventually.TrueAsync(
        "the state file holds all of the feed", Soon, async () => File.Exists(node.State.Path) && node.State.Documents().SequenceEqual(StateFileUnderTest.Lines((await _stack.Api.ReadFeedAsync(_stack.Nodes[0], null)).Entries)));
}
