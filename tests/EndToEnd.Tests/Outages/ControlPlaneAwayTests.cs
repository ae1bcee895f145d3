using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Outages;

public sealed class ControlPlaneAwayTests(EmbeddedStack embedded)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task Clients_go_on_and_new_ones_connect_while_PostgreSQL_and_Platform_are_killed_and_everything_catches_up_after_their_return()
    {
        var login = await _stack.Api.NewPartnerAsync("outage");
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await using var writer = new RunningWriter(_stack.Bootstrap, login, "returns");
        await Task.WhenAll(reader.MoreAsync(Soon), writer.MoreAsync(Soon));

        await Task.WhenAll(_stack.Postgres.KillAsync(), _stack.Platform.KillAsync());

        await Task.WhenAll(reader.MoreAsync(Soon, records: 50), writer.MoreAsync(Soon));
        await NewClientsConnectAsync(login);
        foreach (var node in _stack.Nodes)
        {
            await node.Process.KillAsync();
            await node.Process.StartAsync();
            await NewClientsConnectAsync(login);
            await Task.WhenAll(reader.MoreAsync(Soon, records: 50), writer.MoreAsync(Soon));
        }

        await _stack.Postgres.StartAsync();
        await _stack.Platform.StartAsync();
        var after = await _stack.Api.NewAccountAsync("outage", "after");
        await _stack.Api.EnforceAsync("revokeServiceAccount", new { virtualCluster = "outage", name = login.Username });

        foreach (var node in _stack.Nodes)
        {
            Assert.Null(await RawSession.TryOpenAsync(node, login));
            using var session = await RawSession.OpenAsync(node, after);
        }

        Assert.DoesNotContain(writer.Refused, error => error.Code != Confluent.Kafka.ErrorCode.Local_MsgTimedOut);
    }

    [Fact]
    public async Task Connected_nodes_and_clients_go_on_while_Identity_is_killed()
    {
        var login = await _stack.Api.NewPartnerAsync("no-identity");
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await reader.MoreAsync(Soon);

        await _stack.Identity.KillAsync();
        var second = await _stack.Api.NewAccountAsync("no-identity", "second");
        await _stack.Api.EnforceAsync("withdrawTopic", new { zone = "no-identity", name = "returns" });

        await reader.MoreAsync(Soon, records: 50);
        foreach (var node in _stack.Nodes)
        {
            Assert.Equal(["orders"], await Clients.TopicsAsync(node.Bootstrap, second));
        }

        await _stack.Identity.StartAsync();
        await _stack.Api.LogInAsync();
    }

    private async Task NewClientsConnectAsync(Login login)
    {
        foreach (var node in _stack.Nodes)
        {
            Assert.Equal(["orders", "returns"], await Clients.TopicsAsync(node.Bootstrap, login));
            await using var reader = new RunningReader(node.Bootstrap, login, "orders");
            await reader.MoreAsync(Soon);
        }
    }
}
