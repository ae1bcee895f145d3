using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Feed documents of a few tenants, as the control plane would send them, and tokens for their accounts.</summary>
public sealed class Tenants
{
    private readonly Dictionary<string, FeedEntry> _entries = [];
    private readonly byte[] _key;
    private long _number;

    public Tenants()
        : this(RandomNumberGenerator.GetBytes(32))
    {
    }

    private Tenants(byte[] key) => _key = key;

    public string SecretKey => Convert.ToBase64String(_key);

    public IReadOnlyList<FeedEntry> Entries => [.. _entries.Values];

    /// <summary>The same tenants for a node that knows no other: nodes share the load only with those that speak as they do.</summary>
    public Tenants ForOneNode()
    {
        var copy = new Tenants(_key) { _number = _number };
        foreach (var entry in Entries.Where(e => FeedKinds.Split(e.Key).Kind != FeedKinds.Node))
        {
            copy._entries[entry.Key] = entry;
        }

        return copy;
    }

    public Tenants Put(string kind, string id, object? document)
    {
        var key = FeedKinds.Key(kind, id);
        var content = document is null ? (JsonElement?)null : JsonSerializer.SerializeToElement(document, document.GetType(), ContractJson.Options);
        _entries[key] = new FeedEntry(++_number, key, _number, DateTimeOffset.UnixEpoch, content);
        return this;
    }

    public Tenants Cluster(string name, params int[] brokers) =>
        Put(FeedKinds.PhysicalCluster, name, new PhysicalClusterDocument(name, name, [.. brokers.Select((b, i) => new BrokerSlot(b, i))]));

    public Tenants Node(string name, int portStart, int portCount, int httpPort) =>
        Put(FeedKinds.Node, name, new NodeDocument(name, name, "gateway", "127.0.0.1", portStart, portCount, null, $"http://127.0.0.1:{httpPort}"));

    /// <summary>A cluster of one broker, at a slot.</summary>
    public Tenants ClusterAt(string name, int slot) => Put(FeedKinds.PhysicalCluster, name, new PhysicalClusterDocument(name, name, [new BrokerSlot(1, slot)]));

    public Tenants VirtualCluster(string name, VirtualClusterKind kind, bool acl = true, params string[] superUsers) =>
        Put(FeedKinds.VirtualCluster, name, new VirtualClusterDocument(name, name, kind, "main", acl, superUsers, false));

    /// <summary>An open virtual cluster over a physical one, with an account <c>app</c>.</summary>
    public Tenants VirtualClusterOver(string name, string physicalCluster) =>
        Put(FeedKinds.VirtualCluster, name, new VirtualClusterDocument(name, name, VirtualClusterKind.Standard, physicalCluster, false, [], false)).Account(name, "app");

    public Tenants Alias(string cluster, string name, string topic, SharePermission permission) =>
        Put(FeedKinds.Alias, $"{cluster}-{name}", new AliasDocument($"{cluster}-{name}", cluster, name, "main", topic, permission));

    /// <summary>An alias that has just been renamed.</summary>
    public Tenants Renamed(string cluster, string former, string name, string topic) =>
        Put(FeedKinds.Alias, $"{cluster}-{former}", new AliasDocument($"{cluster}-{former}", cluster, name, "main", topic, SharePermission.ReadWrite, former, 1));

    public Tenants Account(string cluster, string name) =>
        Put(FeedKinds.ServiceAccount, $"{cluster}-{name}", new ServiceAccountDocument(
            $"{cluster}-{name}", cluster, name, ServiceAccountKind.Local, false, 0, [new LiveToken($"{cluster}-{name}-1", DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds())]));

    public Tenants LinkedAccount(string cluster, string name, LoginIdentity identity, bool revoked = false) =>
        Put(FeedKinds.ServiceAccount, $"{cluster}-{name}", new ServiceAccountDocument(
            $"{cluster}-{name}", cluster, name, identity.Issuer is null ? ServiceAccountKind.Local : ServiceAccountKind.External, revoked, 0, [], [identity]));

    public Tenants Acls(string cluster, params AclBinding[] bindings) => Put(FeedKinds.AccessControl, cluster, new AccessControlDocument(cluster, bindings));

    /// <summary>What a partner zone grants to its accounts: everything that its shares permit, and groups of its own.</summary>
    public Tenants ZoneAcls(string cluster, string account) => Acls(cluster, [.. ZoneBindings(account)]);

    public static IEnumerable<AclBinding> ZoneBindings(string account) => [.. Granted("TOPIC", account, "READ", "WRITE", "DESCRIBE"), .. Granted("GROUP", account, "READ", "DESCRIBE", "DELETE")];

    public static IEnumerable<AclBinding> Granted(string type, string account, params string[] operations) =>
        operations.Select(o => new AclBinding(type, "*", "LITERAL", "User:" + account, "*", o, "ALLOW"));

    public string Token(string cluster, string account, TimeSpan? lifetime = null, byte[]? key = null, string? id = null, string? issuer = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? GatewayTokens.Issuer,
            Audience = GatewayTokens.Audience,
            IssuedAt = DateTime.UtcNow.AddHours(-1),
            Expires = DateTime.UtcNow + (lifetime ?? TimeSpan.FromHours(1)),
            Claims = new Dictionary<string, object> { ["sub"] = account, ["jti"] = id ?? $"{cluster}-{account}-1", [GatewayTokens.VirtualClusterClaim] = cluster },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key ?? _key), SecurityAlgorithms.HmacSha256),
        });
}
