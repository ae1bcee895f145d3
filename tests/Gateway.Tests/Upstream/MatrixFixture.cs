using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Tests.Logins;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Upstream;

[CollectionDefinition(Name)]
public sealed class MatrixCollection : ICollectionFixture<MatrixFixture>
{
    public const string Name = "upstream";
}

/// <summary>
/// One broker with all of Kafka's listeners, and one gateway node that reaches it in every way there is: each <see cref="Cell"/> is a physical cluster of its own, with a
/// virtual cluster over it. Logins there live for a few seconds, so everything is also a test of renewing them.
/// </summary>
public sealed partial class MatrixFixture : IAsyncLifetime
{
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromSeconds(5);

    /// <summary>Whether a KDC can be started here.</summary>
    public static readonly bool HasKdc = File.Exists("/usr/sbin/krb5kdc") && File.Exists("/usr/sbin/kadmin.local");

    private readonly SemaphoreSlim _starting = new(1);
    private readonly FakeAws _aws = FakeAws.Start();
    private RealKafka? _kafka;

    public RealKafka Kafka => _kafka!;

    public TestIssuer Issuer { get; } = new();

    public Tenants Tenants { get; } = new();

    /// <summary>Nodes before the same broker, one for each protocol of listeners.</summary>
    public LoginNodes Logins { get; } = new();

    private static IReadOnlyList<Cell> Cells => [.. Cell.All.Where(c => HasKdc || !c.IsKerberos)];

    public GatewayNode Node { get; private set; } = null!;

    /// <summary>Starts everything; skips the test where there is no real Kafka.</summary>
    public async Task<MatrixFixture> StartedAsync()
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        await _starting.WaitAsync();
        try
        {
            if (_kafka is null)
            {
                Issuer.Clients["alice"] = ("alice-secret", () => Issuer.Token("alice", audience: "kafka"));
                Issuer.Clients["stranger"] = ("stranger-secret", () => Issuer.Token("alice", key: TestIssuer.NewKey("unknown"), audience: "kafka"));
                await Issuer.StartAsync();
                _kafka = await RealKafka.StartAsync(options:
                [
                    "--host", "localhost", "--authorizer", "--property", $"connections.max.reauth.ms={SessionLifetime.TotalMilliseconds:0}",
                    "--jwks", Issuer.Url + ".well-known/jwks", "--issuer", Issuer.Url, "--audience", "kafka", .. HasKdc ? ["--gssapi"] : Array.Empty<string>(),
                ]);
                await StartNodeAsync();
            }

            return this;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>The PEM key store of cluster <c>mtls-reload</c>, the test's to change.</summary>
    public string KeyStoreThatChanges => Path.Combine(Kafka.Environment["KAFKA_TLS"], "changing.pem");

    /// <summary>A value of the surroundings in the place of each <c>{NAME}</c>.</summary>
    public string Fill(string text) => Placeholder().Replace(text, m => m.Groups[1].Value is var name && name == "TOKEN_URL" ? Issuer.TokenUrl : Kafka.Environment.TryGetValue(name, out var value) ? value : File.ReadAllText(Path.Combine(Kafka.Environment["KAFKA_TLS"], name)));

    public ClientConfig Client(string cluster) => new()
    {
        BootstrapServers = $"127.0.0.1:{Node.PortStart}",
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.Plain,
        SaslUsername = "app",
        SaslPassword = Tenants.Token(cluster, "app"),
        SocketTimeoutMs = 10_000,
    };

    /// <summary>What the node says of its clusters.</summary>
    public async Task<JsonElement> HealthAsync(string cluster)
    {
        using var http = new HttpClient();
        var health = JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{Node.HttpPort}/health/ready"));
        return health.RootElement.GetProperty("kafka").EnumerateArray().Single(c => c.GetProperty("cluster").GetString() == cluster);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 20)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !await condition(); await Task.Delay(100))
        {
            Assert.True(DateTime.UtcNow < until, what);
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Logins.DisposeAsync();
        if (Node is not null)
        {
            await Node.DisposeAsync();
        }

        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }

        await Issuer.DisposeAsync();
        await _aws.DisposeAsync();
        _starting.Dispose();
    }

    private async Task StartNodeAsync()
    {
        File.Copy(Path.Combine(Kafka.Environment["KAFKA_TLS"], "alice.pem"), KeyStoreThatChanges, overwrite: true);
        Tenants.ClusterAt("main", 0).VirtualClusterOver("v-main", "main");
        foreach (var (cell, slot) in Cells.Select((c, i) => (c, i + 1)))
        {
            Tenants.ClusterAt(cell.Name, slot).VirtualClusterOver("v-" + cell.Name, cell.Name);
        }

        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Kafka.Plaintext }).Build())
        {
            // All rights to whom the gateway logs in as; to nobody else.
            await admin.CreateAclsAsync(
                from user in new[] { "alice", "AKIATESTALICE", "ASIATESTBOB", "C=NL,O=Acme,OU=Partners,CN=alice", "C=FR,O=Globex,OU=Partners,CN=bob" }
                from type in new[] { ResourceType.Topic, ResourceType.Group, ResourceType.Broker }
                select new AclBinding
                {
                    Pattern = new ResourcePattern { Type = type, Name = type == ResourceType.Broker ? "kafka-cluster" : "*", ResourcePatternType = ResourcePatternType.Literal },
                    Entry = new AccessControlEntry { Principal = "User:" + user, Host = "*", Operation = AclOperation.All, PermissionType = AclPermissionType.Allow },
                });
            await admin.CreateTopicsAsync(Cells.Select(c => c.Name).Append("main").Select(c => new TopicSpecification { Name = $"v-{c}.lines", NumPartitions = 1, ReplicationFactor = 1 }));
        }

        // Every other cluster by variables, the rest by the file: one model behind both.
        var settings = new Dictionary<string, string>();
        var file = new Dictionary<string, Dictionary<string, string>>();
        foreach (var (cell, i) in Cells.Select((c, i) => (c, i)))
        {
            var properties = cell.Properties.Append(("gateway.roles", i % 3 == 0 ? "failover" : "upstream")).ToDictionary(p => p.Item1, p => Fill(p.Item2));
            if (i % 2 == 0)
            {
                file[cell.Name] = properties;
                continue;
            }

            foreach (var (name, value) in properties)
            {
                settings[$"KAFKA_{cell.Name.Replace('-', '_')}_{name.Replace('.', '_')}".ToUpperInvariant()] = value;
            }
        }

        // JSON is YAML.
        var path = Path.Combine(Directory.CreateTempSubdirectory("clusters-").FullName, "clusters.yaml");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { config = file }));
        settings["AWS_ACCESS_KEY_ID"] = "AKIATESTALICE";
        settings["AWS_SECRET_ACCESS_KEY"] = "alice-secret";
        settings["AWS_REGION"] = "eu-west-1";
        settings["AWS_SHARED_CREDENTIALS_FILE"] = path + ".aws";
        await File.WriteAllTextAsync(path + ".aws", $"""
            [bob]
            aws_access_key_id = ASIATESTBOB
            aws_secret_access_key = bob-secret
            aws_session_token=bob-session-token
            [wrong]
            aws_access_key_id = AKIATESTALICE
            aws_secret_access_key = {Cell.WrongPassword}
            [alice]
            aws_access_key_id = AKIATESTALICE
            aws_secret_access_key = alice-secret
            [role]
            role_arn = {FakeAws.Role}
            source_profile = alice
            [web]
            role_arn = {FakeAws.Role}
            web_identity_token_file = {path}.jwt
            [container]
            role_arn = {FakeAws.Role}
            credential_source = EcsContainer
            [instance]
            role_arn = {FakeAws.Role}
            credential_source = Ec2InstanceMetadata
            """);
        await File.WriteAllTextAsync(path + ".jwt", FakeAws.WebToken);
        settings["AWS_ENDPOINT_URL_STS"] = _aws.Url;
        settings["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _aws.Url + "/container";
        settings["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _aws.Url;
        if (HasKdc)
        {
            settings["KRB5_CONFIG"] = Kafka.Environment["KRB5_CONFIG"];
        }

        settings["GATEWAY_BACKEND_KAFKA_SELECTOR"] = $"file: {{path: {path}}}";
        Node = GatewayNode.Prepare("gateway-matrix", Kafka.Plaintext, Tenants, settings, Cells.Count + 1);
        await Node.StartAsync(Tenants);
    }

    [GeneratedRegex("\\{([A-Za-z._-]+)\\}")]
    private static partial Regex Placeholder();
}
