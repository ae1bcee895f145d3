using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>
/// The real rewriting of a node, without sockets: a partner's and a standard virtual cluster over a physical cluster in which others have things, too.
/// </summary>
internal sealed class FuzzWorld
{
    public const string ForeignHost = "broker-7.internal.example";
    public const string ForeignClusterId = "aRealClusterIdOfBroker";

    private readonly ServiceProvider _services;

    public FuzzWorld()
    {
        var tenants = new Tenants().Cluster("main", 1, 2, 3)
            .VirtualCluster("quince", VirtualClusterKind.Partner).Alias("quince", "orders", "sales.orders.v1", SharePermission.ReadWrite).Account("quince", "app").ZoneAcls("quince", "app")
            .VirtualCluster("medlar", VirtualClusterKind.Standard, acl: false).Account("medlar", "app")
            .VirtualCluster("vault", VirtualClusterKind.Standard, acl: false).Account("vault", "app");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["GATEWAY_USER_POOL_SECRET_KEY"] = tenants.SecretKey,
            ["GATEWAY_ADVERTISED_HOST"] = "127.0.0.1",
            ["GATEWAY_PLATFORM_URL"] = "http://127.0.0.1:1",
            ["GATEWAY_IDENTITY_URL"] = "http://127.0.0.1:1",
            ["GATEWAY_NODE_CLIENT_ID"] = "fuzz",
            ["GATEWAY_NODE_CLIENT_SECRET"] = "unused",
            ["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(GatewayOptions.Read(new SettingsReader(configuration), BrokerProtocol.PLAINTEXT)).AddSingleton(ControlPlaneOptions.Read(new SettingsReader(configuration))).AddSingleton<NodeTokens>().AddSingleton<PlatformClient>();
        services.AddModel();
        services.AddKafka(KafkaClusterReader.Read(configuration));
        services.AddRouting("fuzz");
        services.AddRelay();
        _services = services.BuildServiceProvider();
        Model = _services.GetRequiredService<ModelStore>();
        Model.Replace(tenants.Entries);
        Addresses = _services.GetRequiredService<BrokerAddresses>();
        Apis = _services.GetServices<NodeApi>().ToDictionary(a => a.Key);
        State = new ClusterState(
            "main", true, new[] { 1, 2, 3 }.ToFrozenDictionary(id => id, id => new Broker(id, ForeignHost, 9090 + id, null)),
            TopicIds.ToFrozenDictionary(t => t.Key, t => new PhysicalTopic(t.Key, t.Value, 3)), FrozenDictionary<int, BrokerVersions>.Empty);
        Tenants = new[] { "quince", "medlar" }.Select(name => new FuzzTenant(this, name)).ToArray();
    }

    public ModelStore Model { get; }

    public BrokerAddresses Addresses { get; }

    public IReadOnlyDictionary<ApiKey, NodeApi> Apis { get; }

    public ClusterState State { get; }

    public FuzzTenant[] Tenants { get; }

    /// <summary>All topics of the physical cluster.</summary>
    public static IReadOnlyDictionary<string, Guid> TopicIds { get; } =
        new[] { "sales.orders.v1", "medlar.carts", "vault.merger-plans", "payroll.salaries" }.ToDictionary(n => n, n => new Guid(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(n))));
}

/// <summary>One of the two that are attacked by, or through.</summary>
internal sealed class FuzzTenant
{
    private readonly VirtualClusterHandle _handle;

    public FuzzTenant(FuzzWorld world, string name)
    {
        Name = name;
        World = world;
        _handle = world.Model.Find(name)!;
        View = new TenantView(_handle.Current!, world.State, new byte[32]);
        Own = name == "quince" ? ("orders", "sales.orders.v1") : ("carts", "medlar.carts");
        OwnId = View.FindPhysicalId(FuzzWorld.TopicIds[Own.Physical])!.Value.VirtualId;
        ForeignNames = [.. FuzzWorld.TopicIds.Keys.Where(t => t != Own.Physical), "vault.secret-group"];
        ForeignIds = [.. FuzzWorld.TopicIds.Where(t => t.Key != Own.Physical).Select(t => t.Value)];
        Needles =
        [
            .. FuzzWorld.TopicIds.Keys.Append("vault.secret-group").Append(FuzzWorld.ForeignHost).Append(FuzzWorld.ForeignClusterId).Append(name + ".").Select(Encoding.UTF8.GetBytes),
            .. FuzzWorld.TopicIds.Values.Select(id => id.ToByteArray(bigEndian: true)),
        ];
    }

    public FuzzWorld World { get; }

    public string Name { get; }

    public TenantView View { get; }

    /// <summary>The one topic that it has, as it is called by the tenant and by the broker.</summary>
    public (string Shown, string Physical) Own { get; }

    public Guid OwnId { get; }

    public string[] ForeignNames { get; }

    public Guid[] ForeignIds { get; }

    /// <summary>Bytes that must never reach it.</summary>
    public byte[][] Needles { get; }

    public Exchange Exchange(ApiDefinition api, short version, ConnectionMemory memory) => new()
    {
        Api = api,
        Version = version,
        CorrelationId = 7,
        Session = new Session(_handle, "app", new IssuedToken("none", 0), long.MaxValue, "127.0.0.1"),
        View = View,
        Memory = memory,
    };
}
