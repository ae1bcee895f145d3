using System.Text.Json;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.RealKafka;

/// <summary>A physical cluster that nodes learn of, with its secrets, from the control plane.</summary>
[Collection(RealStack.Collection)]
public sealed class RegisteredClusterTests(RealStack real)
{
    private const string Password = "alice-secret";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Nodes_reach_it_follow_another_login_keep_the_last_that_works_and_keep_its_secrets_sealed()
    {
        var stack = real.Stack;
        await stack.Api.ChangeAsync("registerPhysicalCluster", new { name = "far" });
        await stack.Api.EnforceAsync("setPhysicalClusterConnection", new { name = "far", properties = Properties("alice", Password, "SCRAM-SHA-256") });
        await Eventually.TrueAsync("a node has told of the cluster's topics", Soon, async () => (await ClusterAsync()).GetProperty("topics").GetProperty("nodes").GetArrayLength() > 0);
        await stack.Api.ChangeAsync("createVirtualCluster", new { name = "distant", kind = "STANDARD", aclEnabled = false, physicalCluster = "far" });
        await stack.Api.ChangeAsync("createAlias", new { virtualCluster = "distant", name = "orders", physicalTopic = Shop.Orders, permission = "READ" });
        var login = await stack.Api.NewAccountAsync("distant", "app");
        await using var reader = new RunningReader(stack.Bootstrap, login, "orders", group: "far");
        await reader.MoreAsync(Soon);

        // Another login works, and a wrong one does not take its place.
        await stack.Api.EnforceAsync("setPhysicalClusterConnection", new { name = "far", properties = Properties("bob", "bob-secret", "SCRAM-SHA-512") });
        await Eventually.TrueAsync("nodes use the new login", Soon, () => stack.Nodes.All(n => n.Log.Contains("by connection 2 of the control plane", StringComparison.Ordinal)));
        await stack.Api.EnforceAsync("setPhysicalClusterConnection", new { name = "far", properties = Properties("bob", "wrong", "SCRAM-SHA-512") });
        await Eventually.TrueAsync("all nodes say why the wrong login is not used", Soon, async () => (await ClusterAsync()).GetProperty("problems").GetArrayLength() == stack.Nodes.Count);
        Assert.Contains("kept", (await ClusterAsync()).GetProperty("problems")[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
        await reader.MoreAsync(Soon, 20);
        await using (var second = new RunningReader(stack.Bootstrap, login, "orders", group: "second"))
        {
            await second.MoreAsync(Soon);
        }

        await stack.Api.EnforceAsync("setPhysicalClusterConnection", new { name = "far", properties = Properties("alice", Password, "SCRAM-SHA-256") });
        await Eventually.TrueAsync("all is well again", Soon, async () => (await ClusterAsync()).GetProperty("problems").GetArrayLength() == 0);
        foreach (var node in stack.Nodes)
        {
            await Eventually.TrueAsync("the secrets are in the state file", Soon, () => File.ReadAllText(node.State.Path).Contains("\"number\":4,\"sealed\"", StringComparison.Ordinal));
            Assert.DoesNotContain(Password, File.ReadAllText(node.State.Path), StringComparison.Ordinal);
            Assert.DoesNotContain(Password, node.Log, StringComparison.Ordinal);
        }

        // Alone, and started anew: from the state file.
        await stack.Platform.KillAsync();
        try
        {
            foreach (var node in stack.Nodes)
            {
                await node.Process.KillAsync();
                await node.Process.StartAsync();
            }

            await using var third = new RunningReader(stack.Bootstrap, login, "orders", group: "third");
            await third.MoreAsync(Soon);
        }
        finally
        {
            await stack.Platform.StartAsync();
        }

        async Task<JsonElement> ClusterAsync() =>
            (await stack.Api.SendAsync("{ physicalCluster(name: \"far\") { topics(first: 1) { nodes { name } } problems { node problem } } }")).GetProperty("physicalCluster");
    }

    private object Properties(string user, string password, string mechanism) => new Dictionary<string, string>
    {
        ["bootstrap.servers"] = real.Listeners["KAFKA_SASL_SSL"],
        ["security.protocol"] = "SASL_SSL",
        ["sasl.mechanism"] = mechanism,
        ["sasl.jaas.config"] = $"org.apache.kafka.common.security.scram.ScramLoginModule required username=\"{user}\" password=\"{password}\";",
        ["ssl.truststore.certificates"] = File.ReadAllText(Path.Combine(real.Listeners["KAFKA_TLS"], "ca.pem")),
        ["ssl.endpoint.identification.algorithm"] = "",
    }.Select(p => new { name = p.Key, value = p.Value });
}
