using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Outages;

public sealed class ZoneCreationTests(EmbeddedStack embedded)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task A_zone_whose_creation_is_cut_off_by_kill_9_at_any_moment_comes_up_whole_when_the_command_is_repeated()
    {
        foreach (var milliseconds in new[] { 0, 8, 16, 30, 60 })
        {
            var name = $"cut-off-{milliseconds}";
            await _stack.Api.ChangeAsync("createOrganization", new { name });
            var input = new
            {
                name,
                organization = name,
                topics = new[] { new { name = "orders", physicalTopic = Shop.Orders, permission = "READ" }, new { name = "returns", physicalTopic = Shop.Returns, permission = "WRITE" } },
                serviceAccounts = new[] { "app" },
                idempotencyKey = name,
            };
            var creating = TryAsync(() => _stack.Api.ChangeAsync("createPartnerZone", input));
            await Task.Delay(milliseconds);
            await _stack.Platform.KillAsync();
            await creating;
            await _stack.Platform.StartAsync();

            await Eventually.TrueAsync("the repeated command is accepted", Soon, () => TryAsync(() => _stack.Api.ChangeAsync("createPartnerZone", input)));
            await Eventually.TrueAsync($"zone {name} is ready", Soon, async () => await _stack.Api.ZoneStatusAsync(name) == "READY");
            var login = await _stack.Api.NewTokenAsync(name, "app");
            Assert.Equal(["orders", "returns"], await Clients.TopicsAsync(_stack.Bootstrap, login));
        }
    }

    /// <summary>False: Platform was not there, or not yet with its database.</summary>
    private static async Task<bool> TryAsync(Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (RefusedException refused) when (refused.Code is "DEPENDENCY_UNAVAILABLE")
        {
            return false;
        }
    }
}
