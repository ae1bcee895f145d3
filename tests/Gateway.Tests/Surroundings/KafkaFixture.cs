using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Stack.Kafka;

[assembly: AssemblyFixture(typeof(PartnerPlatform.Gateway.Tests.Surroundings.KafkaFixture))]

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Three nodes of Apache Kafka 4.3.1 and two gateway nodes before them, started when the first test asks.</summary>
public class KafkaFixture : IAsyncLifetime
{
    /// <summary>What the partner initech may read and write, each for one test.</summary>
    private static readonly (string Alias, int Partitions)[] Exchanged = [("codecs", 1), ("killed", 6), ("static-classic", 6), ("static-consumer", 6), ("migrated", 6), ("resets", 3), ("kafkajs", 3)];

    private readonly SemaphoreSlim _starting = new(1);
    private RealKafka? _kafka;

    public RealKafka Kafka => _kafka!;

    public Tenants Tenants { get; } = new();

    public GatewayNode First { get; private set; } = null!;

    public GatewayNode Second { get; private set; } = null!;

    /// <summary>Nodes of the cluster: slots 0 and up lead to them.</summary>
    public virtual int Nodes => 3;

    /// <summary>The brokers' version; CLIENTS_KAFKA names another than the default: CLIENTS_KAFKA=4.4.0 ./test.sh ClientMatrix.</summary>
    public virtual string Version => Environment.GetEnvironmentVariable("CLIENTS_KAFKA") is { Length: > 0 } version ? version : "4.3.1";

    public bool GroupsHaveSettings => !IsOldest;

    private bool IsOldest => Version.StartsWith("3.", StringComparison.Ordinal);

    /// <summary>A version of an API, or the highest that these brokers have.</summary>
    public short AtMost(ApiKey api, short version) => !IsOldest ? version : api switch
    {
        ApiKey.Produce => Math.Min(version, (short)11),
        ApiKey.ConsumerGroupHeartbeat or ApiKey.ConsumerGroupDescribe => (short)0,
        _ => version,
    };

    /// <summary>Brokers of 3.9 have the new group protocol where it is asked for, without settings of a group's own: their times are those of <see cref="KafkaGroups.QuickHeartbeatsAsync"/>.</summary>
    protected virtual IEnumerable<string> Settings => IsOldest
        ? ["group.coordinator.rebalance.protocols=classic,consumer", "group.consumer.migration.policy=bidirectional", "group.consumer.session.timeout.ms=6000", "group.consumer.heartbeat.interval.ms=500"]
        : [];

    /// <summary>Offered APIs that brokers of this version do not have.</summary>
    public IReadOnlyCollection<ApiKey> Missing => Version switch
    {
        "4.4.0" => [],
        "3.9.2" =>
        [
            ApiKey.ShareGroupHeartbeat, ApiKey.ShareGroupDescribe, ApiKey.ShareFetch, ApiKey.ShareAcknowledge, ApiKey.DescribeShareGroupOffsets,
            ApiKey.AlterShareGroupOffsets, ApiKey.DeleteShareGroupOffsets, ApiKey.StreamsGroupHeartbeat, ApiKey.StreamsGroupDescribe, ApiKey.StreamsGroupTopologyDescriptionUpdate,
        ],
        _ => [ApiKey.StreamsGroupTopologyDescriptionUpdate],
    };

    public string BootstrapServers => First.BootstrapServers + "," + Second.BootstrapServers;

    /// <summary>Starts everything; skips the test where there is no real Kafka, or one without what the test is about.</summary>
    public async Task<KafkaFixture> StartedAsync(ApiKey? about = null)
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        Assert.SkipWhen(about is { } api && Missing.Contains(api), $"brokers of version {Version} have no {about}");
        await _starting.WaitAsync();
        try
        {
            if (_kafka is null)
            {
                _kafka = await RealKafka.StartAsync(Nodes, options: ["--version", Version, "--property", "offsets.topic.num.partitions=6", "--property", "transaction.state.log.num.partitions=3", "--property", "group.initial.rebalance.delay.ms=0",
                    "--property", "replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector",
                    "--property", "group.consumer.min.session.timeout.ms=6000", "--property", "group.consumer.min.heartbeat.interval.ms=500", .. Settings.SelectMany(s => new[] { "--property", s })]);
                await CreateTopicsAsync(_kafka.Plaintext, Nodes, ("sales.orders.v1", 3), ("sales.returns.v1", 3), ("secret.payroll.v1", 1), ("shop.carts", 3), ("shop.txn", 3), ("store.txn", 3), ("sales.parts.v1", 3), ("sales.bills.v1", 3), ("sales.bolts.v1", 1));
                await CreateTopicsAsync(_kafka.Plaintext, Nodes, [.. Exchanged.Select(t => ($"sales.{t.Alias}.v1", t.Partitions))]);
                Tenants.Cluster("main", [.. Enumerable.Range(1, Nodes)])
                    .VirtualCluster("acme", VirtualClusterKind.Partner, superUsers: "acme-admin")
                    .Alias("acme", "orders", "sales.orders.v1", SharePermission.Read)
                    .Alias("acme", "returns", "sales.returns.v1", SharePermission.Write)
                    .Account("acme", "app").Account("acme", "acme-admin").ZoneAcls("acme", "app")
                    .VirtualCluster("globex", VirtualClusterKind.Partner, superUsers: "globex-admin")
                    .Alias("globex", "orders", "sales.orders.v1", SharePermission.Read)
                    .Account("globex", "app").ZoneAcls("globex", "app")
                    .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app")
                    .VirtualCluster("store", VirtualClusterKind.Standard, acl: false).Account("store", "app");
                Tenants.VirtualCluster("initech", VirtualClusterKind.Partner).Alias("initech", "orders", "sales.orders.v1", SharePermission.Read).Account("initech", "app").ZoneAcls("initech", "app");
                Tenants.VirtualCluster("umbrella", VirtualClusterKind.Partner).Renamed("umbrella", "parts", "parts-v2", "sales.parts.v1").Renamed("umbrella", "bills", "bills-v2", "sales.bills.v1")
                    .Renamed("umbrella", "bolts", "bolts-v2", "sales.bolts.v1")
                    .Account("umbrella", "app").Account("umbrella", "denied")
                    .Acls("umbrella", [.. Tenants.ZoneBindings("app"), .. Tenants.ZoneBindings("denied"), new PartnerPlatform.Contracts.Feed.AclBinding("TOPIC", "parts-v2", "LITERAL", "User:denied", "*", "READ", "DENY")]);
                foreach (var (alias, _) in Exchanged)
                {
                    Tenants.Alias("initech", alias, $"sales.{alias}.v1", SharePermission.ReadWrite);
                }

                First = GatewayNode.Prepare("gateway-1", _kafka.Plaintext, Tenants);
                Second = GatewayNode.Prepare("gateway-2", _kafka.Plaintext, Tenants);
                await First.StartAsync(Tenants);
                await Second.StartAsync(Tenants);
            }

            return this;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>librdkafka speaks the new group protocol from ConsumerGroupHeartbeat 1 on, which brokers of 3.9 do not have; Java's consumers do with 0.</summary>
    public void SkipUnlessLibrdkafkaSpeaks(GroupProtocol protocol) =>
        Assert.SkipWhen(protocol == GroupProtocol.Consumer && IsOldest, $"librdkafka has no new group protocol with brokers of version {Version}");

    public static Task CreateTopicsAsync(string bootstrapServers, params (string Name, int Partitions)[] topics) => CreateTopicsAsync(bootstrapServers, 3, topics);

    public static async Task CreateTopicsAsync(string bootstrapServers, int replicas, params (string Name, int Partitions)[] topics)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreateTopicsAsync(topics.Select(t => new TopicSpecification { Name = t.Name, NumPartitions = t.Partitions, ReplicationFactor = (short)replicas }));
    }

    public ClientConfig Client(string cluster, string account = "app", string? bootstrapServers = null) => new()
    {
        BootstrapServers = bootstrapServers ?? BootstrapServers,
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.Plain,
        SaslUsername = account,
        SaslPassword = Tenants.Token(cluster, account),
    };

    /// <summary>A properties file for Kafka's tools.</summary>
    /// <param name="more">One more property, for example <c>compression.type=gzip</c>.</param>
    public string JavaProperties(string cluster, string account = "app", string more = "")
    {
        var path = Path.Combine(First.Folder, $"{cluster}-{account}{more}.properties");
        var written = path + Guid.NewGuid();
        File.WriteAllText(written, $"""
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="{account}" password="{Tenants.Token(cluster, account)}";
            {more}
            """);

        // Another test's tool may be reading it just now.
        File.Move(written, path, overwrite: true);
        return path;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (First is not null)
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }

        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }

        _starting.Dispose();
    }
}

/// <summary>One node of the newest brokers.</summary>
public sealed class NewestKafkaFixture : KafkaFixture
{
    public override int Nodes => 1;

    public override string Version => "4.4.0";
}

/// <summary>One node of the oldest brokers.</summary>
public sealed class OldestKafkaFixture : KafkaFixture
{
    public override int Nodes => 1;

    public override string Version => "3.9.2";
}

/// <summary>Three nodes of the oldest brokers, to be upgraded one by one.</summary>
public sealed class UpgradedKafkaFixture : KafkaFixture
{
    public override string Version => "3.9.2";

    protected override IEnumerable<string> Settings => [];
}
