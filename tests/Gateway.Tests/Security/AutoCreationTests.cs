using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>Brokers that make topics for whoever asks for them: only with the right to create, and only under one's own prefix.</summary>
public class AutoCreationTests
{
    [Fact]
    public async Task Asking_for_a_topic_makes_it_only_with_the_right_to_create()
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        await using var kafka = await RealKafka.StartAsync(nodes: 1, options: ["--property", "auto.create.topics.enable=true"]);
        var tenants = new Tenants().Cluster("main", 1)
            .VirtualCluster("acme", VirtualClusterKind.Partner, superUsers: "app").Account("acme", "app").Alias("acme", "missing", "sales.missing.v1", SharePermission.ReadWrite)
            .VirtualCluster("bound", VirtualClusterKind.Standard).Account("bound", "app").ZoneAcls("bound", "app")
            .VirtualCluster("free", VirtualClusterKind.Standard, acl: false).Account("free", "app");
        await using var node = GatewayNode.Prepare("gateway-alone", kafka.Plaintext, tenants);
        await node.StartAsync(tenants);
        foreach (var tenant in new[] { "acme", "bound", "free" })
        {
            await using var client = await RawClient.LoggedInAsync(node.PortStart, "app", tenants.Token(tenant, "app"));
            foreach (var name in new[] { "asked", "missing", "sales.asked.v1" })
            {
                foreach (short version in new short[] { 1, 4, 12 })
                {
                    var answer = (await client.AskAsync(ApiKey.Metadata, version, RawRequests.Metadata(new Target($"{name}-{version}", Guid.Empty, "", ""), create: true))).Body;
                    Assert.Equal($"{name}-{version}", answer.List("topics").Single().Text("name"));
                }
            }

            foreach (short version in new short[] { 1, 12 })
            {
                await client.AskAsync(ApiKey.Metadata, version, RawRequests.Metadata(new Target("missing", Guid.Empty, "", ""), create: true));
            }
        }

        await using var broker = await RawClient.ConnectAsync(int.Parse(kafka.Plaintext.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        List<string> names = [];
        for (var until = DateTime.UtcNow.AddSeconds(15); names.Count < 10 && DateTime.UtcNow < until; await Task.Delay(500))
        {
            // Topics are made behind the answer; what should not be there would have been made before the last that should.
            names = (await broker.AskAsync(ApiKey.Metadata, 12, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null).Set("allowAutoTopicCreation", false))).Body.List("topics").ConvertAll(t => t.Text("name")!);
        }

        Assert.Equal(
            new[] { "asked-1", "asked-12", "asked-4", "missing", "missing-1", "missing-12", "missing-4", "sales.asked.v1-1", "sales.asked.v1-12", "sales.asked.v1-4" }.Select(n => "free." + n),
            names.Order(StringComparer.Ordinal));
    }
}
