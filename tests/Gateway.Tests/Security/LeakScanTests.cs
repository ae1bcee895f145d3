using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

public class LeakScanTests(KafkaFixture fixture) : LeakScan(fixture)
{
    /// <summary>Why versions that we have definitions of are not offered by the newest brokers, and so not asked.</summary>
    internal static readonly Dictionary<ApiKey, string> NotAsked = new()
    {
        [ApiKey.AddPartitionsToTxn] = "4 and on are batches of transactions, for brokers",
        [ApiKey.InitProducerId] = "the newest version is not stable yet",
        [ApiKey.SaslHandshake] = "0 is followed by raw tokens",
        [ApiKey.Produce] = "advertised from 0 on for old clients that drop compression otherwise, served from 3 on",
    };

    [Fact]
    public void Every_API_of_the_rights_table_is_defined_and_no_other_is_offered()
    {
        Assert.All(ApiRights.Table.Keys, api => Assert.True(Definitions.Apis.ContainsKey(api), $"{api}"));
    }
}

/// <summary>The same at the newest brokers.</summary>
public class NewestLeakScanTests(NewestKafkaFixture fixture) : LeakScan(fixture), IClassFixture<NewestKafkaFixture>
{
    [Fact]
    public async Task Versions_that_are_not_asked_have_a_reason()
    {
        var kafka = await fixture.StartedAsync();
        var offered = await OfferedAsync(kafka);
        foreach (var api in ApiRights.Table.Keys)
        {
            Assert.True(offered[api] == Definitions.Apis[api].Request.Versions || LeakScanTests.NotAsked.ContainsKey(api), $"{api}: {offered[api]} of {Definitions.Apis[api].Request.Versions}");
        }
    }
}

/// <summary>The same at the oldest brokers.</summary>
public class OldestLeakScanTests(OldestKafkaFixture fixture) : LeakScan(fixture), IClassFixture<OldestKafkaFixture>;

/// <summary>Every offered API in every offered version, asked with own and with foreign names: no byte of an answer tells what is not the tenant's.</summary>
public abstract class LeakScan(KafkaFixture fixture)
{
    [Fact]
    public async Task Every_advertised_API_has_a_right_and_every_other_closes_the_connection()
    {
        var kafka = await fixture.StartedAsync();
        var offered = await OfferedAsync(kafka);
        Assert.Equal(ApiRights.Table.Keys.Except(kafka.Missing).Order(), offered.Keys.Order());
        foreach (var key in Enumerable.Range(0, 100).Select(k => (ApiKey)k).Append((ApiKey)10_000).Append((ApiKey)(-1)).Where(k => !offered.ContainsKey(k)))
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "shop");
            var frame = RawClient.Frame(ApiKey.ListGroups, 0, 7, RawClient.NewRequest(ApiKey.ListGroups));
            System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), (short)key);
            await client.SendAsync(frame);
            await client.AssertClosedAsync();
        }
    }

    [Theory]
    [InlineData("acme", "orders", "sales.orders.v1")]
    [InlineData("acme", "returns", "sales.returns.v1")]
    [InlineData("shop", "carts", "shop.carts")]
    public async Task No_answer_tells_what_is_not_the_tenants(string tenant, string topic, string physicalTopic)
    {
        var kafka = await fixture.StartedAsync();
        var needles = await Needles.OfAsync(kafka);
        var offered = await OfferedAsync(kafka);
        foreach (var other in new[] { "acme", "globex", "shop" })
        {
            await KafkaGroups.JoinAsync(kafka, other, $"scanned-{topic}", other == "shop" ? "carts" : "orders");
        }

        var leaks = new SortedSet<string>();
        var silent = new List<string>();
        var named = new List<object?>();
        for (var slot = 0; slot < kafka.Nodes; slot++)
        {
            var own = new Target(topic, await VirtualIdAsync(kafka, tenant, topic), $"scanned-{topic}", "scanned");
            Target[] targets =
            [
                own,
                own with { Group = $"new-{slot}-{tenant}-{topic}", TransactionalId = "" },
                new(physicalTopic, needles.TopicIds[physicalTopic], $"{tenant}.scanned-{topic}", tenant + ".scanned"),
                new("secret.payroll.v1", needles.TopicIds["secret.payroll.v1"], $"globex.scanned-{topic}", "store.scanned"),
                new("~0", Guid.Empty, "~0", "~0"),
            ];
            var client = await RawClient.LoggedInAsync(kafka, tenant, slot);
            foreach (var (api, versions) in offered)
            {
                for (var version = versions.From; version <= versions.To; version++)
                {
                    var answers = 0;

                    // Brokers differ in what they lead and coordinate, not in what they make of foreign names: those are for the first.
                    var asked = slot == 0 ? targets : targets[..1];
                    foreach (var (target, number) in asked.Select((t, n) => (t, n)))
                    {
                        var unique = api is ApiKey.JoinGroup or ApiKey.ConsumerGroupHeartbeat or ApiKey.ShareGroupHeartbeat or ApiKey.StreamsGroupHeartbeat ? target with { Group = $"{target.Group}-{api}-{version}-{slot}" } : target;
                        var request = RawRequests.Of(api, unique);
                        named.AddRange([unique.Topic, unique.Topic + "-made", unique.Group, unique.Group + "-repartition", unique.Group + "-changelog"]);
                        named.Add(unique.TransactionalId);
                        if (await client.TryAskAsync(api, version, request) is not { } answer)
                        {
                            await client.DisposeAsync();
                            client = await RawClient.LoggedInAsync(kafka, tenant, slot);
                            continue;
                        }

                        answers++;
                        leaks.UnionWith(needles.In(answer.Frame, [.. RawClient.Frame(api, version, 0, request), .. Listed(api, answer.Body, named)]).Select(n => $"{api} {version}, target {number}: {n}"));
                        if (api is ApiKey.SaslAuthenticate or ApiKey.SaslHandshake)
                        {
                            await client.DisposeAsync();
                            client = await RawClient.LoggedInAsync(kafka, tenant, slot);
                        }
                        else if (api == ApiKey.InitProducerId && target.TransactionalId.Length == 0 && answer.Body.Get<long>("producerId") is >= 0 and < 1L << 40)
                        {
                            leaks.Add($"{api} {version}: a raw producer id");
                        }
                    }

                    if (answers < asked.Length)
                    {
                        silent.Add($"{api} {version} on slot {slot}: {answers} of {asked.Length} were answered");
                    }
                }
            }

            await client.DisposeAsync();
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.True(silent.Count == 0, string.Join('\n', silent));
    }

    [Fact]
    public async Task Lists_of_all_show_the_tenants_own_only()
    {
        var kafka = await fixture.StartedAsync();
        var needles = await Needles.OfAsync(kafka);
        var offered = await OfferedAsync(kafka);
        foreach (var other in new[] { "acme", "globex", "shop" })
        {
            await KafkaGroups.JoinAsync(kafka, other, $"listed-{other}", other == "shop" ? "carts" : "orders");
        }

        for (var slot = 0; slot < kafka.Nodes; slot++)
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "acme", slot);
            for (var version = offered[ApiKey.Metadata].From; version <= offered[ApiKey.Metadata].To; version++)
            {
                var all = version == 0 ? RawClient.NewRequest(ApiKey.Metadata) : RawClient.NewRequest(ApiKey.Metadata).Set("topics", null);
                var answer = await client.AskAsync(ApiKey.Metadata, version, all);
                Assert.Equal(["orders", "returns"], answer.Body.List("topics").Select(t => t.Text("name")!).Order());
                Assert.Equal(Enumerable.Range(0, kafka.Nodes), answer.Body.List("brokers").Select(b => b.Get<int>("nodeId")).Order());
                Assert.Empty(needles.In(answer.Frame, []));
            }

            var described = await client.AskAsync(ApiKey.DescribeTopicPartitions, 0, RawClient.NewRequest(ApiKey.DescribeTopicPartitions));
            Assert.Equal(["orders", "returns"], described.Body.List("topics").Select(t => t.Text("name")!).Order());
            Assert.Empty(needles.In(described.Frame, []));
            for (var version = offered[ApiKey.ListGroups].From; version <= offered[ApiKey.ListGroups].To; version++)
            {
                var answer = await client.AskAsync(ApiKey.ListGroups, version, RawClient.NewRequest(ApiKey.ListGroups));
                var shown = answer.Body.List("groups").ConvertAll(g => g.Text("groupId")!);
                var stored = await StoredGroupsAsync(needles);
                Assert.All(shown, group => Assert.Contains("acme." + group, stored));

                // A tenant may call a group as another's prefix is called: what is stored as its own is its own.
                Assert.Empty(needles.In(answer.Frame, Encoding.UTF8.GetBytes(string.Join('\n', shown))));
                Assert.DoesNotContain("listed-globex", Encoding.UTF8.GetString(answer.Frame), StringComparison.Ordinal);
                Assert.DoesNotContain("listed-shop", Encoding.UTF8.GetString(answer.Frame), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Names that the tenant itself gave to topics, groups and transactions: it may well call one as another's is called inside.</summary>
    private static byte[] Listed(ApiKey api, Node answer, List<object?> named)
    {
        var listed = api switch
        {
            ApiKey.ListGroups => answer.List("groups").Select(g => g.Text("groupId")),
            ApiKey.ListConfigResources => answer.List("configResources").Select(r => r.Text("resourceName")),
            ApiKey.ListTransactions => answer.List("transactionStates").Select(s => s.Text("transactionalId")),
            _ => [],
        };
        return Encoding.UTF8.GetBytes(string.Join('\n', listed.Where(name => named.Contains(name))));
    }

    /// <summary>All groups as the brokers know them.</summary>
    private static async Task<HashSet<string>> StoredGroupsAsync(Needles needles)
    {
        var groups = new HashSet<string>();
        foreach (var (_, port) in needles.Brokers)
        {
            await using var broker = await RawClient.ConnectAsync(port);
            var answer = await broker.AskAsync(ApiKey.ListGroups, 3, RawClient.NewRequest(ApiKey.ListGroups));
            groups.UnionWith(answer.Body.List("groups").Select(g => g.Text("groupId")!));
        }

        return groups;
    }

    protected static async Task<SortedDictionary<ApiKey, VersionRange>> OfferedAsync(KafkaFixture kafka)
    {
        await using var client = await RawClient.ConnectAsync(kafka.First.PortStart);
        var answer = await client.AskAsync(ApiKey.ApiVersions, 3, RawRequests.Of(ApiKey.ApiVersions, new Target("", Guid.Empty, "", "")));
        var offered = new SortedDictionary<ApiKey, VersionRange>();
        foreach (var api in answer.Body.List("apiKeys"))
        {
            var key = (ApiKey)api.Get<short>("apiKey");
            offered[key] = new VersionRange(key == ApiKey.Produce ? (short)3 : api.Get<short>("minVersion"), api.Get<short>("maxVersion"));
        }

        return offered;
    }

    private static async Task<Guid> VirtualIdAsync(KafkaFixture kafka, string tenant, string topic)
    {
        await using var client = await RawClient.LoggedInAsync(kafka, tenant);
        var answer = await client.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")));
        return answer.Body.List("topics").Single().Get<Guid>("topicId");
    }
}
