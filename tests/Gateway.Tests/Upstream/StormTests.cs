using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Many connections at once to a broker that refuses the gateway's login.</summary>
public sealed class StormTests : IAsyncDisposable
{
    private readonly FakeBroker _broker = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly BrokerAccess _access;

    public StormTests() => _access = new BrokerAccess(
        new KafkaClusterOptions("main", ClusterRole.Main, [("127.0.0.1", _broker.Port)], BrokerProtocol.SASL_PLAINTEXT, null, new PasswordOptions("PLAIN", "gateway", new Secret("x"), false)),
        TestLoops.Shared, _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<BrokerAccess>.Instance);

    public async ValueTask DisposeAsync()
    {
        _access.Dispose();
        await _broker.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_clients_are_not_a_thousand_wrong_logins()
    {
        _broker.Refuses = true;
        var refusals = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => RefusalAsync()));
        Assert.All(refusals, r => Assert.Contains("go away", r!.Message, StringComparison.Ordinal));
        Assert.InRange(_broker.Logins, 1, 8);

        // Nor later: pauses get longer, and at the end of each one tries for all.
        var until = DateTime.UtcNow.AddSeconds(4);
        while (DateTime.UtcNow < until)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefusalAsync()));
            await Task.Delay(20);
        }

        Assert.InRange(_broker.Logins, 2, 8 + 4);
    }

    [Fact]
    public async Task A_broker_that_changes_its_mind_is_used_again()
    {
        _broker.Refuses = true;
        Assert.NotNull(await RefusalAsync());
        _broker.Refuses = false;
        await MatrixFixture.UntilAsync(async () => await RefusalAsync() is null, "It stays refused.", seconds: 5);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RefusalAsync())), Assert.Null);
        Assert.InRange(_broker.MostAtOnce, 1, 64);
    }

    [Fact]
    public async Task A_refused_renewal_ends_the_connection_and_keeps_others_from_trying()
    {
        _broker.SessionLifetime = 500;
        await using var first = await _access.OpenOwnAsync("127.0.0.1", _broker.Port, TestContext.Current.CancellationToken);
        await using var second = await _access.OpenOwnAsync("127.0.0.1", _broker.Port, TestContext.Current.CancellationToken);
        await Task.Delay(450, TestContext.Current.CancellationToken);
        await AskAsync(first);
        Assert.Equal(3, _broker.Logins);

        _broker.Refuses = true;
        await Task.Delay(450, TestContext.Current.CancellationToken);
        Assert.Contains("could not be renewed: go away", (await Assert.ThrowsAsync<BrokerRefusedException>(() => AskAsync(first))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokerRefusedException>(() => AskAsync(second));
        Assert.NotNull(await RefusalAsync());
        Assert.Equal(4, _broker.Logins);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_no_refusal()
    {
        await _broker.DisposeAsync();
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<SocketException>(() => _access.OpenAsync("127.0.0.1", _broker.Port, null, TestContext.Current.CancellationToken));
        }
    }

    private static Task<Node> AskAsync(BrokerConnection connection) =>
        connection.AskAsync(ApiKey.Metadata, 9, Node.Of(Definitions.Apis[ApiKey.Metadata].Request).Set("topics", null), TestContext.Current.CancellationToken);

    /// <summary>Null: the connection was opened.</summary>
    private async Task<BrokerRefusedException?> RefusalAsync()
    {
        try
        {
            var channel = await _access.OpenAsync("127.0.0.1", _broker.Port, null, TestContext.Current.CancellationToken);
            await channel.Bytes.DisposeAsync();
            return null;
        }
        catch (BrokerRefusedException e)
        {
            return e;
        }
    }
}
