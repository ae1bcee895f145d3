using System.Globalization;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Feed;

/// <summary>Whatever is lost, repeated or restarted: in the end a node holds what Platform decided.</summary>
public sealed class ConvergenceTests(EmbeddedStack embedded)
{
    private const int Steps = 60;
    private const int Losses = 8;

    private readonly StackUnderTest _stack = embedded.Stack;
    private readonly List<string> _told = [];

    [Fact]
    public async Task After_losses_repeats_and_restarts_on_both_sides_the_nodes_hold_what_Platform_decided()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CONVERGENCE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        Measures.Report.Say($"CONVERGENCE_SEED={seed}");
        var random = new Random(seed);
        var world = new World(_stack.Api, random);
        await world.BeginAsync();
        var meanwhile = new World(_stack.Api, random);
        await meanwhile.BeginAsync();
        var losses = Enumerable.Range(0, Losses).Select(_ => random.Next(Steps)).ToHashSet();
        for (var step = 0; step < Steps; step++)
        {
            var change = TryAsync(world.ChangeAsync);
            if (losses.Contains(step))
            {
                // Somewhere in the middle of the change, or of its way to the nodes.
                await Task.Delay(random.Next(30));
                await LoseAsync(random, meanwhile);
            }

            await change;
        }

        foreach (var node in _stack.Nodes.Where(node => !node.Process.IsRunning))
        {
            await node.Process.StartAsync();
        }

        IReadOnlyList<string> expected = [];
        var held = new Dictionary<string, IReadOnlyList<string>>();
        try
        {
            await Eventually.TrueAsync("the nodes hold what Platform decided", TimeSpan.FromSeconds(15), async () =>
            {
                expected = StateFileUnderTest.Lines((await _stack.Api.ReadFeedAsync(_stack.Nodes[0], null)).Entries);
                foreach (var node in _stack.Nodes)
                {
                    held[node.Name] = node.State.Documents();
                }

                return held.Values.All(lines => lines.SequenceEqual(expected));
            });
        }
        finally
        {
            foreach (var (name, lines) in held.Where(node => !node.Value.SequenceEqual(expected)))
            {
                Measures.Report.Say($"seed {seed}; {string.Join(", ", _told)}\n{name} misses:\n{string.Join('\n', expected.Except(lines))}\nand has besides:\n{string.Join('\n', lines.Except(expected))}");
            }
        }

        Assert.InRange(world.Accepted, Steps / 3, Steps);
        Assert.InRange(world.Withdrawn, 1, Steps);
    }

    private async Task LoseAsync(Random random, World meanwhile)
    {
        var node = _stack.Nodes[random.Next(_stack.Nodes.Count)];
        switch (random.Next(4))
        {
            case 0:
                _told.Add("Platform killed");
                await _stack.Platform.KillAsync();
                await _stack.Platform.StartAsync();
                break;
            case 1:
                _told.Add("PostgreSQL killed");
                await _stack.Postgres.KillAsync();
                await _stack.Postgres.StartAsync();
                await Eventually.TrueAsync("Platform is ready again", TimeSpan.FromSeconds(20), () => _stack.Platform.IsReadyAsync());
                break;
            case 2:
                _told.Add($"{node.Name} killed");
                await node.Process.KillAsync();
                await node.Process.StartAsync();
                break;
            default:
                _told.Add($"{node.Name} set back");
                var old = await File.ReadAllBytesAsync(node.State.Path);
                await TryAsync(meanwhile.NewZoneAsync);
                await Task.Delay(TimeSpan.FromMilliseconds(400));
                await node.Process.KillAsync();
                await File.WriteAllBytesAsync(node.State.Path, old);
                await node.Process.StartAsync();
                break;
        }
    }

    /// <summary>A change that meets an absent Platform, or that Platform refuses, is no news.</summary>
    private async Task TryAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (HttpRequestException)
        {
            _told.Add("a change met nobody");
        }
        catch (RefusedException refused)
        {
            _told.Add(refused.Code);
        }
    }
}
