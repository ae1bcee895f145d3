using System.Globalization;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>A broker with its authorizer, and a gateway node before a broker without one, that has a virtual cluster for each world.</summary>
internal sealed class Oracle : IAsyncDisposable
{
    private readonly RealKafka _authorizing;
    private readonly RealKafka _behind;
    private readonly GatewayNode _node;
    private readonly Tenants _tenants;

    private Oracle(RealKafka authorizing, RealKafka behind, GatewayNode node, Tenants tenants)
    {
        (_authorizing, _behind, _node, _tenants) = (authorizing, behind, node, tenants);
    }

    /// <summary>What both sides offer.</summary>
    public Dictionary<ApiKey, VersionRange> Offered { get; } = [];

    public string GatewayLog => _node.Log;

    public static async Task<Oracle> StartAsync(IReadOnlyList<World> worlds, string version)
    {
        string[] options =
        [
            "--property", "auto.create.topics.enable=true", "--property", "offsets.topic.num.partitions=1", "--property", "transaction.state.log.num.partitions=1",
            "--property", "group.consumer.session.timeout.ms=60000", "--property", "group.consumer.max.session.timeout.ms=600000",
            "--version", version,

            // Brokers before 4.0 have the new consumer groups, switched off.
            .. worlds.Any(w => w.IsOfOldBrokers) ? (string[])["--property", "group.coordinator.rebalance.protocols=classic,consumer"] : [],
        ];
        var started = await Task.WhenAll(RealKafka.StartAsync(options: ["--authorizer", .. options]), RealKafka.StartAsync(options: options));
        var tenants = new Tenants().Cluster("main", 1);
        foreach (var world in worlds)
        {
            tenants.VirtualCluster(world.VirtualCluster, VirtualClusterKind.Standard, acl: true, Side.SuperUser).Acls(world.VirtualCluster, [.. world.Bindings]);
            foreach (var user in new[] { Side.SuperUser, "alice", "bob" })
            {
                tenants.Account(world.VirtualCluster, user);
            }
        }

        var node = GatewayNode.Prepare("gateway-oracle", started[1].Plaintext, tenants);
        await node.StartAsync(tenants);
        var oracle = new Oracle(started[0], started[1], node, tenants);
        await oracle.ReadOfferAsync();
        return oracle;
    }

    /// <summary>Gives the world to both sides: bindings, topics, groups, transactions.</summary>
    public async Task<(Side Broker, Side Gateway)> EnterAsync(World world)
    {
        var port = int.Parse(_authorizing.Environment["KAFKA_SASL_PLAINTEXT"].Split(':')[1], CultureInfo.InvariantCulture);
        var broker = new Side("broker", user => RawClient.LoggedInAsync(port, user, user + "-secret"));
        var gateway = new Side("gateway", user => RawClient.LoggedInAsync(_node.PortStart, user, _tenants.Token(world.VirtualCluster, user)));
        await BindAsync(broker, world);
        await Task.WhenAll(WorldSetup.MakeAsync(broker, world), WorldSetup.MakeAsync(gateway, world));
        return (broker, gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _authorizing.DisposeAsync();
        await _behind.DisposeAsync();
    }

    /// <summary>Takes what the last world had, and waits until the broker's authorizer has exactly what this one has.</summary>
    private static async Task BindAsync(Side broker, World world)
    {
        var delete = RawClient.NewRequest(ApiKey.DeleteAcls);
        delete.List("filters").Add(WorldSetup.AnyAcl(delete.NewChild("filters")));
        await broker.AskAsSuperUserAsync(ApiKey.DeleteAcls, 3, delete);
        var create = RawClient.NewRequest(ApiKey.CreateAcls);
        foreach (var binding in world.Bindings)
        {
            create.List("creations").Add(create.NewChild("creations")
                .Set("resourceType", (sbyte)AclNames.Parse<ResourceType>(binding.ResourceType)).Set("resourceName", binding.ResourceName)
                .Set("resourcePatternType", (sbyte)AclNames.Parse<PatternType>(binding.PatternType)).Set("principal", binding.Principal).Set("host", binding.Host)
                .Set("operation", (sbyte)AclNames.Parse<Operation>(binding.Operation)).Set("permissionType", (sbyte)AclNames.Parse<PermissionType>(binding.Permission)));
        }

        var created = await broker.AskAsSuperUserAsync(ApiKey.CreateAcls, 3, create);
        Assert.All(created.List("results"), r => Assert.Equal(0, r.Get<short>("errorCode")));
        var expected = world.Bindings.Distinct().Count();
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(20))
        {
            var known = (await broker.AskAsSuperUserAsync(ApiKey.DescribeAcls, 3, WorldSetup.AnyAcl(RawClient.NewRequest(ApiKey.DescribeAcls)))).List("resources").Sum(r => r.List("acls").Count);
            if (known == expected)
            {
                return;
            }

            Assert.True(DateTime.UtcNow < until, $"The broker has {known} bindings, not {expected}.");
        }
    }

    private async Task ReadOfferAsync()
    {
        await using var client = await RawClient.ConnectAsync(_node.PortStart);
        var answer = await client.AskAsync(ApiKey.ApiVersions, 3, RawRequests.Of(ApiKey.ApiVersions, new Target("", Guid.Empty, "", "")));
        foreach (var api in answer.Body.List("apiKeys"))
        {
            var key = (ApiKey)api.Get<short>("apiKey");
            Offered[key] = new VersionRange(key == ApiKey.Produce ? (short)3 : api.Get<short>("minVersion"), api.Get<short>("maxVersion"));
        }
    }
}
