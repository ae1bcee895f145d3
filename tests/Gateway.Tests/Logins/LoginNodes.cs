using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Tests.Upstream;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>
/// A gateway node for each protocol of listeners, before the broker with all of Kafka's listeners. Virtual cluster <c>logins</c> has an account for each kind of credentials; its topic is
/// <c>lines</c>. Who comes through to the broker itself sees <c>physical</c>.
/// </summary>
public sealed class LoginNodes : IAsyncDisposable
{
    /// <summary>Topic of the virtual cluster.</summary>
    public const string Lines = "lines";

    /// <summary>Topic of the broker that no virtual cluster has.</summary>
    public const string Physical = "physical";

    private readonly SemaphoreSlim _starting = new(1);
    private readonly Dictionary<string, GatewayNode> _nodes = [];

    public MatrixFixture Matrix { get; private set; } = null!;

    public Tenants Tenants { get; } = new();

    public TestCertificates Certificates { get; private set; } = null!;

    /// <summary>The SSL node's revocation list, the tests' to change.</summary>
    public string RevocationList => Path.Combine(Folder, "revoked.crl");

    /// <summary>Of the certificate that is revoked from the start.</summary>
    public string Revoked => Path.Combine(Folder, "revoked.pem");

    /// <summary>The certificates of Kafka's script.</summary>
    public string Folder => Matrix.Kafka.Environment["KAFKA_TLS"];

    public GatewayNode this[string protocol] => _nodes[protocol];

    public async Task<LoginNodes> StartedAsync(MatrixFixture matrix)
    {
        Matrix = await matrix.StartedAsync();
        await _starting.WaitAsync();
        try
        {
            if (_nodes.Count == 0)
            {
                await StartAsync();
            }

            return this;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>One more node over the same tenants.</summary>
    /// <param name="settings">Beside what each node before the broker has.</param>
    public async Task<GatewayNode> StartNodeAsync(string name, string protocol, IReadOnlyDictionary<string, string> settings, Tenants? tenants = null)
    {
        var all = new Dictionary<string, string>
        {
            ["GATEWAY_SECURITY_PROTOCOL"] = protocol,
            ["GATEWAY_OAUTH_EXPECTED_ISSUER"] = Matrix.Issuer.Url,
            ["GATEWAY_OAUTH_JWKS_URL"] = Matrix.Issuer.Url + ".well-known/jwks",
            ["GATEWAY_OAUTH_EXPECTED_AUDIENCES"] = "kafka",
            ["KAFKA_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
            ["KAFKA_SASL_MECHANISM"] = "PLAIN",
            ["KAFKA_SASL_JAAS_CONFIG"] = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" password=\"alice-secret\";",
        };
        if (protocol.EndsWith("SSL", StringComparison.Ordinal))
        {
            all["GATEWAY_SSL_KEY_STORE_PATH"] = Path.Combine(Folder, "server.pem");
        }

        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        tenants ??= Tenants.ForOneNode();
        var node = GatewayNode.Prepare(name, Matrix.Kafka.Environment["KAFKA_SASL_PLAINTEXT"], tenants, all, portCount: 2);
        await node.StartAsync(tenants);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        Certificates?.Dispose();
        _starting.Dispose();
    }

    private async Task StartAsync()
    {
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Matrix.Kafka.Plaintext }).Build())
        {
            await admin.CreateTopicsAsync([new() { Name = "logins." + Lines, NumPartitions = 1, ReplicationFactor = 1 }, new() { Name = Physical, NumPartitions = 1, ReplicationFactor = 1 }]);

            // What the broker itself gives to its user bob: the virtual cluster's names, nothing else.
            await admin.CreateAclsAsync(new[] { ResourceType.Topic, ResourceType.Group }.Select(type => new Confluent.Kafka.Admin.AclBinding
            {
                Pattern = new ResourcePattern { Type = type, Name = "logins.", ResourcePatternType = ResourcePatternType.Prefixed },
                Entry = new AccessControlEntry { Principal = "User:bob", Host = "*", Operation = AclOperation.All, PermissionType = AclPermissionType.Allow },
            }));
        }

        Certificates = new TestCertificates(Folder);
        Certificates.Revoke(RevocationList, Certificates.Issue("revoked", "CN=alice,OU=Revoked,O=Acme"));
        Tenants.ClusterAt("main", 0).VirtualCluster("logins", VirtualClusterKind.Standard, acl: false).Account("logins", "app")
            .LinkedAccount("logins", "by-oauth", new LoginIdentity(Matrix.Issuer.Url, "alice"))
            .LinkedAccount("logins", "revoked-oauth", new LoginIdentity(Matrix.Issuer.Url, "bob"), revoked: true)
            .LinkedAccount("logins", "by-certificate", new LoginIdentity(LoginIssuers.Certificate, "alice"))
            .LinkedAccount("logins", "revoked-certificate", new LoginIdentity(LoginIssuers.Certificate, "bob"), revoked: true)
            .LinkedAccount("logins", "anonymous", new LoginIdentity(LoginIssuers.Anonymous, LoginIssuers.AnonymousSubject))
            .LinkedAccount("logins", "of-kafka", new LoginIdentity(LoginIssuers.Kafka, "bob"));
        foreach (var protocol in new[] { "PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "DELEGATED_SASL_PLAINTEXT", "DELEGATED_SASL_SSL" })
        {
            _nodes[protocol] = await StartNodeAsync("login-" + protocol.ToLowerInvariant().Replace('_', '-'), protocol, protocol == "SSL" ? Mutual() : new Dictionary<string, string>());
        }
    }

    /// <summary>Settings of a listener that takes client certificates.</summary>
    public Dictionary<string, string> Mutual(string auth = "REQUEST") => new()
    {
        ["GATEWAY_SSL_CLIENT_AUTH"] = auth,
        ["GATEWAY_SSL_TRUST_STORE_PATH"] = Path.Combine(Folder, "ca.pem"),
        ["GATEWAY_SSL_CRL_PATH"] = RevocationList,
        ["GATEWAY_SSL_PRINCIPAL_MAPPING_RULES"] = "RULE:^(?:.*,)?CN=([^,]+).*$/$1/L",
    };
}
