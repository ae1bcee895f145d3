using System.IO.Compression;
using System.Text.Json.Nodes;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;

namespace PartnerPlatform.Gateway.Tests.Authorization;

public class AclVerdictTests
{
    [Fact]
    public void Every_verdict_of_Kafkas_authorizer_is_reproduced()
    {
        var (asked, askedByType) = (0, 0);
        foreach (var world in Worlds())
        {
            var superUsers = world["superUsers"]!.AsArray().Select(u => (string)u!).ToHashSet();
            var acls = new AclIndex(
                [.. world["acls"]!.AsArray().Select(a => new AclBinding(
                    Text(a!, "type"), Text(a!, "name"), Text(a!, "pattern"), Text(a!, "principal"), Text(a!, "host"), Text(a!, "operation"), Text(a!, "permission")))],
                (bool)world["allowEveryoneIfNoAclFound"]!);
            foreach (var question in world["questions"]!.AsArray().Select(q => q!))
            {
                var allowed = superUsers.Contains(Text(question, "principal"))
                    || acls.Allows(Text(question, "principal"), Text(question, "host"), Parse<Operation>(question, "operation"), Parse<ResourceType>(question, "type"), Text(question, "name"));
                Assert.True(allowed == (bool)question["allowed"]!, question.ToJsonString());
                asked++;
            }

            foreach (var question in world["byType"]!.AsArray().Select(q => q!))
            {
                var allowed = superUsers.Contains(Text(question, "principal"))
                    || acls.AllowsAny(Text(question, "principal"), Text(question, "host"), Parse<Operation>(question, "operation"), Parse<ResourceType>(question, "type"));
                Assert.True(allowed == (bool)question["allowed"]!, question.ToJsonString() + world["acls"]!.ToJsonString());
                askedByType++;
            }
        }

        Assert.Equal((24000, 4800), (asked, askedByType));
    }

    [Fact]
    public void A_verdict_allocates_nothing()
    {
        var acls = new AclIndex([Allow("orders", "LITERAL", "User:other"), Allow("*", "LITERAL", "User:app"), Allow("ord", "PREFIXED", "User:app")]);
        var allowed = Ask();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            allowed &= Ask();
        }

        Assert.Equal((0L, true), (GC.GetAllocatedBytesForCurrentThread() - before, allowed));

        bool Ask() => acls.Allows("User:app", "10.0.0.1", Operation.Read, ResourceType.Topic, "orders");
    }

    private static AclBinding Allow(string name, string pattern, string principal) => new("TOPIC", name, pattern, principal, "*", "READ", "ALLOW");

    private static string Text(JsonNode node, string name) => (string)node[name]!;

    private static T Parse<T>(JsonNode node, string name)
        where T : struct, Enum => Enum.Parse<T>(Text(node, name).Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static IEnumerable<JsonNode> Worlds()
    {
        using var reader = new StreamReader(new GZipStream(
            File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "kafka-acl-verdicts.jsonl.gz")), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return JsonNode.Parse(line)!;
        }
    }
}
