using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Commands;

/// <summary>Rules across streams, with commands at the same time: a plain read before the write would let both through.</summary>
public sealed class ConcurrencyTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private PlatformUnderTest Platform => one.Platform;

    [Fact]
    public async Task An_alias_is_never_added_to_a_cluster_that_is_removed_at_the_same_time()
    {
        var both = 0;
        for (var i = 0; i < 25; i++)
        {
            var name = $"skew-{i}";
            await Platform.Mutate("createVirtualCluster", new { reason = Scenes.Why, name, kind = "STANDARD" }, "change { id }");
            var add = Platform.RefusalOf("createAlias", new { reason = Scenes.Why, virtualCluster = name, name = "orders", physicalTopic = "sales.orders.v1", permission = "READ" });
            var remove = Platform.RefusalOf("removeVirtualCluster", new { reason = Scenes.Why, name });
            var (added, removed) = (await add, await remove);
            Assert.True(added is null or "NOT_FOUND", added);
            Assert.True(removed is null or "IN_USE", removed);
            both += added is null && removed is null ? 1 : 0;
            Assert.False(added is not null && removed is not null, "one of them must get through");
        }

        Assert.Equal(0, both);
    }

    [Fact]
    public async Task A_name_is_given_once_however_many_ask_at_once()
    {
        for (var i = 0; i < 5; i++)
        {
            var name = $"once-{i}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
                Platform.RefusalOf("createVirtualCluster", new { reason = Scenes.Why, name, kind = "STANDARD" })));
            Assert.Single(answers, a => a is null);
            Assert.Equal(7, answers.Count(a => a == "NAME_TAKEN"));
        }
    }

    [Fact]
    public async Task A_topic_has_one_name_in_a_virtual_cluster_however_many_ask_at_once()
    {
        await Platform.Mutate("createVirtualCluster", new { reason = Scenes.Why, name = "one-name", kind = "STANDARD" }, "change { id }");
        object Input(string name) => new { reason = Scenes.Why, virtualCluster = "one-name", name, physicalTopic = "sales.orders.v1", permission = "READ" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Platform.RefusalOf("createAlias", Input($"name-{i}"))));
        Assert.Equal(5, answers.Count(a => a == "IN_USE"));
        var taken = Array.IndexOf(answers, null);
        Assert.Null(await Platform.RefusalOf("removeAlias", new { reason = Scenes.Why, virtualCluster = "one-name", name = $"name-{taken}" }));
        Assert.Null(await Platform.RefusalOf("createAlias", Input("again")));
    }

    [Fact]
    public async Task A_name_that_is_changed_and_removed_at_the_same_time_can_be_given_again()
    {
        await Platform.Mutate("createVirtualCluster", new { reason = Scenes.Why, name = "renamed", kind = "STANDARD" }, "change { id }");
        object Create(string name) => new { reason = Scenes.Why, virtualCluster = "renamed", name, physicalTopic = "sales.orders.v1", permission = "READ" };
        object Remove(string name) => new { reason = Scenes.Why, virtualCluster = "renamed", name };
        for (var i = 0; i < 25; i++)
        {
            Assert.Null(await Platform.RefusalOf("createAlias", Create("before")));
            var rename = Platform.RefusalOf("renameAlias", new { reason = Scenes.Why, virtualCluster = "renamed", name = "before", newName = "after" });
            var remove = Platform.RefusalOf("removeAlias", Remove("before"));
            var (renamed, removed) = (await rename, await remove);
            Assert.True((renamed, removed) is (null, "NOT_FOUND") or ("NOT_FOUND", null), $"{renamed} {removed}");
            if (renamed is null)
            {
                Assert.Null(await Platform.RefusalOf("removeAlias", Remove("after")));
            }

            Assert.Null(await Platform.RefusalOf("createAlias", Create("after")));
            Assert.Null(await Platform.RefusalOf("removeAlias", Remove("after")));
        }
    }

    [Fact]
    public async Task A_slot_is_given_to_one_broker_when_facts_come_at_the_same_time()
    {
        foreach (var cluster in new[] { "slots-a", "slots-b", "slots-c" })
        {
            await Platform.Mutate("registerPhysicalCluster", new { reason = Scenes.Why, name = cluster }, "change { id }");
        }

        var reports = from cluster in new[] { "slots-a", "slots-b", "slots-c" } from broker in Enumerable.Range(1, 6) select (cluster, broker);
        await Task.WhenAll(reports.Select(async r =>
        {
            using var answer = await Platform.Report(Scenes.Facts(r.cluster, [r.broker * 100]));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }));
        var data = await Platform.Graph("{ physicalClusters { nodes { name slots { brokerId slot } } } }");
        var slots = data.GetProperty("data").GetProperty("physicalClusters").GetProperty("nodes").EnumerateArray()
            .SelectMany(c => c.GetProperty("slots").EnumerateArray()).Select(s => s.GetProperty("slot").GetInt32()).ToList();
        Assert.Equal(3 + 18, slots.Count);
        Assert.Equal(Enumerable.Range(0, 21), slots.Order());
    }

    [Fact]
    public async Task Parallel_changes_of_one_thing_all_count()
    {
        await Platform.Mutate("createVirtualCluster", new { reason = Scenes.Why, name = "many", kind = "STANDARD" }, "change { id }");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Platform.Mutate("grantAccess", new
        {
            reason = Scenes.Why, virtualCluster = "many",
            bindings = new[] { new { resourceType = "TOPIC", resourceName = $"t{i}", principal = "User:a", operation = "READ" } },
        }, "change { version }")));
        var data = await Platform.Graph("{ virtualCluster(name: \"many\") { accessControl { version bindings { resourceName } } } }");
        var list = data.GetProperty("data").GetProperty("virtualCluster").GetProperty("accessControl");
        Assert.Equal(8, list.GetProperty("bindings").GetArrayLength());
        Assert.Equal(9, list.GetProperty("version").GetInt32());
    }
}
