using System.Globalization;
using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Authorization.Equivalence;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Authorization;

/// <summary>docs/protocol.md is what the code says; on a difference the new text lies beside it as protocol.received.md, to be looked at and renamed.</summary>
public class ProtocolTableTests
{
    [Fact]
    public void Every_API_is_either_offered_with_its_rights_or_not_offered_with_a_reason() =>
        Assert.Equal(Definitions.Apis.Keys.Order(), ApiRights.Table.Keys.Concat(ApiRights.NotOffered.Keys).Order());

    [Fact]
    public void The_table_of_the_documentation_is_the_one_of_the_code() => ApprovedFile.MustBe("docs/protocol.md", Text());

    private static string Text()
    {
        var classes = typeof(NodeApi).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(NodeApi)) && !t.IsAbstract).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder("""
            # Kafka's APIs at the gateway

            Made from the code by `ProtocolTableTests`. A client is offered these versions as far as every broker behind its listener has them, too.

            Tested by: **frames** (`DefinitionTests`, `WalkerTests`): every version of every message, written by Kafka's own serializers, is read, rewritten and written. **scan**
            (`LeakScanTests`): asked in every version that those brokers have, with own and foreign names, and every byte of the answers searched. **oracle** (`EquivalenceTests`): verdicts
            compared with a broker's own authorizer. **fuzz** (`SpoiltFrameTests`): spoilt requests and answers.

            ## Offered

            | key | API | versions | needs | rewritten by | tested by |
            | --- | --- | --- | --- | --- | --- |

            """);
        foreach (var (key, right) in ApiRights.Table.OrderBy(r => r.Key))
        {
            var versions = Definitions.Apis[key].Request.Versions;
            var to = Math.Min(Definitions.Apis[key].Request.LatestUnstable ? versions.To - 1 : versions.To, ApiRights.Ceilings.GetValueOrDefault(key, short.MaxValue));
            text.Append(CultureInfo.InvariantCulture, $"| {(short)key} | {key} | {versions.From} to {to} | {Needs(right)} | {(classes.Contains($"{key}Api") ? $"`{key}Api`" : Own(key))} | {TestedBy(key)} |\n");
        }

        text.Append("\n## Neither advertised nor forwarded\n\n| key | API | why |\n| --- | --- | --- |\n");
        foreach (var (key, reason) in ApiRights.NotOffered.OrderBy(r => r.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {(short)key} | {key} | {reason} |\n");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string TestedBy(ApiKey key)
    {
        var brokers = new[] { new OldestKafkaFixture(), new KafkaFixture(), new NewestKafkaFixture() }.Where(f => !f.Missing.Contains(key)).Select(f => f.Version);
        return $"frames, scan at {string.Join(", ", brokers)}{(Question.Apis.Contains(key) ? ", oracle" : "")}, fuzz";
    }

    private static string Own(ApiKey key) => key is ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate ? "answered here" : "its table";

    private static string Needs(ApiRight right)
    {
        var needs = new (string On, Operation? Operation)[] { ("topic", right.Topic), ("group", right.Group), ("transactional id", right.TransactionalId), ("cluster", right.Cluster) };
        return string.Join(", ", needs.Where(n => n.Operation is not null).Select(n => $"{n.Operation} on {n.On}")) is { Length: > 0 } text ? text : "nothing";
    }
}
