using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>What most tests begin with.</summary>
public static class Scenes
{
    public const string Why = "test";

    public static NodeFacts Facts(string cluster = "main", int[]? brokers = null, params string[] topics) => new(
        "boot-1", "1.0", null, new NodeEndpoint("gateway", "127.0.0.1", 9000, 100, null, "http://127.0.0.1:8080", "SASL_PLAINTEXT"), 0, [], [],
        [new ClusterFacts(cluster, true, [.. (brokers ?? [1, 2, 3]).Select(b => new BrokerFact(b, null))],
            [.. topics.Select(t => new TopicFact(t, new Guid(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(t))), 3))])]);

    /// <summary>Organisations acme and globex, cluster main with two sales topics, a node that reported them.</summary>
    public static async Task Stage(this PlatformUnderTest platform)
    {
        await platform.Mutate("createOrganization", new { reason = Why, name = "acme", displayName = "Acme" }, "organization { id }");
        await platform.Mutate("createOrganization", new { reason = Why, name = "globex" }, "organization { id }");
        await platform.Mutate("registerPhysicalCluster", new { reason = Why, name = "main" }, "physicalCluster { id }");
        await platform.Mutate("registerNode", new { reason = Why, name = "node-1" }, "clientId clientSecret");
        using var answer = await platform.Report(Facts("main", null, "sales.orders.v1", "sales.returns.v1"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static Task<System.Text.Json.JsonElement> CreateZone(this PlatformUnderTest platform, string name = "acme", string organization = "acme") =>
        platform.Mutate("createPartnerZone", new
        {
            reason = Why,
            name,
            organization,
            topics = new[]
            {
                new { name = "orders", physicalTopic = "sales.orders.v1", permission = "READ" },
                new { name = "returns", physicalTopic = "sales.returns.v1", permission = "WRITE" },
            },
            serviceAccounts = new[] { "app" },
        }, "partnerZone { id name status missing version superUser topics { name ready } } change { id version feedNumber enforcement { nodes applied } }");
}
