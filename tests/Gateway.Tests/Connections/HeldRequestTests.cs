using System.Collections.Concurrent;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Security.Fuzz;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Connections;

/// <summary>A broker carries out what waits behind a request that it holds when that ends: by then the right to it, looked at before, may be gone.</summary>
public sealed class HeldRequestTests : IAsyncLifetime
{
    private static readonly Target Carts = new("carts", Guid.Empty, "group", "", Member: "member");

    private readonly Tenants _tenants = new Tenants().Cluster("main", 1).VirtualCluster("medlar", VirtualClusterKind.Standard, acl: false).Account("medlar", "app");
    private readonly ConcurrentQueue<ApiKey> _seen = new();
    private BrokenBroker _broker = null!;
    private GatewayNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = new BrokenBroker(FuzzWorld.TopicIds, request =>
        {
            _seen.Enqueue((ApiKey)request.ApiKey);
            return null;
        });
        _node = GatewayNode.Prepare("gateway-between", $"127.0.0.1:{_broker.Port}", _tenants);
        await _node.StartAsync(_tenants);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_but_fetches_goes_to_the_broker_behind_what_it_may_hold()
    {
        foreach (var (held, version) in new[] { (ApiKey.Fetch, (short)12), (ApiKey.JoinGroup, (short)5), (ApiKey.SyncGroup, (short)3) })
        {
            _seen.Clear();
            await using var client = await RawClient.LoggedInAsync(_node.PortStart, "app", _tenants.Token("medlar", "app"));
            await SendAsync(client, held, version, RawRequests.Of(held, Carts));
            await SendAsync(client, ApiKey.Fetch, 12, RawRequests.Of(ApiKey.Fetch, Carts));
            await SendAsync(client, ApiKey.Produce, 9, RawRequests.Produce(Carts, RawRequests.Batch()));
            await Eventually.TrueAsync(() => _seen.Count >= 2, () => string.Join(',', _seen));
            await Task.Delay(500);
            Assert.Equal([held, ApiKey.Fetch], _seen);
        }
    }

    private static Task SendAsync(RawClient client, ApiKey api, short version, Node request)
    {
        var writer = new WireWriter();
        MessageWriter.Write(Definitions.Apis[api].Request, version, request, writer);
        return client.SendAsync(RawClient.Frame(api, version, 1, writer.Written, BrokenBroker.SpoiltFor));
    }
}
