using System.IO.Compression;
using System.Text.Json.Nodes;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.AccessControl;

namespace PartnerPlatform.Platform.Tests.AccessControl;

public class AclVerdictTests
{
    [Fact]
    public void Every_verdict_of_Kafkas_authorizer_is_reproduced_and_named()
    {
        var asked = 0;
        foreach (var world in Worlds().Where(w => !(bool)w["allowEveryoneIfNoAclFound"]!))
        {
            var superUsers = world["superUsers"]!.AsArray().Select(u => (string)u!).ToHashSet();
            var bindings = world["acls"]!.AsArray().Select(a => new AclBinding(
                Text(a!, "type"), Text(a!, "name"), Text(a!, "pattern"), Text(a!, "principal"), Text(a!, "host"), Text(a!, "operation"), Text(a!, "permission"))).ToList();
            foreach (var question in world["questions"]!.AsArray().Select(q => q!).Where(q => !superUsers.Contains(Text(q, "principal"))))
            {
                var verdict = AclVerdict.On(
                    new(Text(question, "principal"), Text(question, "host"), Text(question, "operation"), Text(question, "type"), Text(question, "name")), bindings);
                Assert.True(verdict.Allowed == (bool)question["allowed"]!, question.ToJsonString() + world["acls"]!.ToJsonString());
                Assert.True(verdict.By is null ? !verdict.Allowed : verdict.By.Permission == (verdict.Allowed ? "ALLOW" : "DENY"), question.ToJsonString());
                asked++;
            }
        }

        Assert.True(asked > 5_000, $"only {asked} questions were asked");
    }

    private static string Text(JsonNode node, string name) => (string)node[name]!;

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
