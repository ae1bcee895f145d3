using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>Makes what a world holds on one side, as the super user.</summary>
internal static class WorldSetup
{
    /// <summary>Kafka 3.9 has the new protocol of groups switched off.</summary>
    private const short UnsupportedVersion = 35;

    public static Node AnyAcl(Node filter) =>
        filter.Set("resourceTypeFilter", (sbyte)1).Set("patternTypeFilter", (sbyte)1).Set("operation", (sbyte)1).Set("permissionType", (sbyte)1)
            .Set("resourceNameFilter", null).Set("principalFilter", null).Set("hostFilter", null);

    public static async Task MakeAsync(Side side, World world)
    {
        // The first look for a coordinator makes the broker's own topics.
        foreach (var type in new sbyte[] { 0, 1 })
        {
            await AllowedAsync(side, ApiKey.FindCoordinator, 3, RawClient.NewRequest(ApiKey.FindCoordinator).Set("key", world.Groups[0]).Set("keyType", type), "look for a coordinator");
        }

        await TopicsAsync(side, world);
        await RecordAsync(side, world.Topics[0]);
        await GroupsAsync(side, world);
        await TransactionsAsync(side, world);
    }

    private static async Task TopicsAsync(Side side, World world)
    {
        List<string> names = [.. world.Topics, .. world.Victims];
        var create = RawClient.NewRequest(ApiKey.CreateTopics).Set("timeoutMs", 10_000);
        create.Set("topics", names.ConvertAll(n => create.NewChild("topics").Set("name", n).Set("numPartitions", 1).Set("replicationFactor", (short)1)));
        var created = await side.AskAsSuperUserAsync(ApiKey.CreateTopics, 7, create);
        Assert.All(created.List("topics"), t => Assert.Equal(0, t.Get<short>("errorCode")));
        var named = RawClient.NewRequest(ApiKey.Metadata).Set("allowAutoTopicCreation", false);
        named.Set("topics", names.ConvertAll(n => named.NewChild("topics").Set("name", n)));
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(30))
        {
            var topics = (await side.AskAsSuperUserAsync(ApiKey.Metadata, 12, named)).List("topics");
            topics.ForEach(t => side.TopicIds[t.Text("name")!] = t.Get<Guid>("topicId"));
            if (topics.TrueForAll(t => t.Get<short>("errorCode") == 0 && t.List("partitions").TrueForAll(p => p.Get<short>("errorCode") == 0)) && await KnowsIdsAsync(side, names))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < until, $"{side.Name}: the topics of the world do not come into being.");
        }
    }

    private static async Task<bool> KnowsIdsAsync(Side side, List<string> names)
    {
        var byId = RawClient.NewRequest(ApiKey.Metadata).Set("allowAutoTopicCreation", false);
        byId.Set("topics", names.ConvertAll(n => byId.NewChild("topics").Set("name", null).Set("topicId", side.TopicIds[n])));
        return (await side.AskAsSuperUserAsync(ApiKey.Metadata, 12, byId)).List("topics").TrueForAll(t => t.Get<short>("errorCode") == 0);
    }

    private static async Task RecordAsync(Side side, string topic)
    {
        var produce = RawRequests.Produce(new Target(topic, Guid.Empty, "", ""), RawRequests.Batch());
        produce.List("topicData").Single().List("partitionData").RemoveAll(p => p.Get<int>("index") > 0);
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(50))
        {
            var error = (await side.AskAsSuperUserAsync(ApiKey.Produce, 9, produce)).List("responses").Single().List("partitionResponses").Single().Get<short>("errorCode");
            if (error == 0)
            {
                return;
            }

            Assert.True(DateTime.UtcNow < until, $"{side.Name}: error {error} for a record.");
        }
    }

    private static async Task GroupsAsync(Side side, World world)
    {
        var offsets = RawClient.NewRequest(ApiKey.OffsetCommit).Set("groupId", world.Groups[0]).Set("generationIdOrMemberEpoch", -1);
        offsets.Set("topics", world.Topics.ConvertAll(t =>
        {
            var topic = offsets.NewChild("topics").Set("name", t);
            topic.List("partitions").Add(topic.NewChild("partitions").Set("partitionIndex", 0).Set("committedOffset", 1L).Set("committedMetadata", "m"));
            return topic;
        }));
        await AllowedAsync(side, ApiKey.OffsetCommit, 8, offsets, "commit");

        var classic = new Target(world.Topics[0], Guid.Empty, world.Groups[1], "");
        var joined = await AllowedAsync(side, ApiKey.JoinGroup, 3, RawRequests.JoinGroup(classic).Set("sessionTimeoutMs", 1_200_000), "join");
        var member = classic with { Member = joined.Text("memberId")!, Epoch = joined.Get<int>("generationId") };
        await AllowedAsync(side, ApiKey.SyncGroup, 3, RawRequests.SyncGroup(member), "sync");

        var modern = RawRequests.Heartbeat(new Target(world.Topics[0], Guid.Empty, world.Groups[2], "", "BBBBBBBBBBBBBBBBBBBBBB"));
        modern.Set("subscribedTopicNames", new List<object?> { world.Topics[0], world.Topics[2] });
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(50))
        {
            // A coordinator that does not know of the topics yet assigns nothing.
            var answer = await side.AskAsSuperUserAsync(ApiKey.ConsumerGroupHeartbeat, 0, modern);
            var error = answer.Get<short>("errorCode");
            if (error == UnsupportedVersion || answer.Struct("assignment")?.List("topicPartitions").Count == 2)
            {
                return;
            }

            Assert.Equal(0, error);
            Assert.True(DateTime.UtcNow < until, $"{side.Name}: the member of {world.Groups[2]} is assigned nothing.");
        }
    }

    private static async Task TransactionsAsync(Side side, World world)
    {
        foreach (var id in world.TransactionalIds.Take(2).Append(""))
        {
            var made = await AllowedAsync(side, ApiKey.InitProducerId, 4, RawClient.NewRequest(ApiKey.InitProducerId)
                .Set("transactionalId", id.Length == 0 ? null : id).Set("transactionTimeoutMs", 600_000), "init");
            side.Producers[id] = (made.Get<long>("producerId"), made.Get<short>("producerEpoch"));
        }

        var first = world.TransactionalIds[0];
        var add = RawClient.NewRequest(ApiKey.AddPartitionsToTxn).Set("v3AndBelowTransactionalId", first)
            .Set("v3AndBelowProducerId", side.Producers[first].Id).Set("v3AndBelowProducerEpoch", side.Producers[first].Epoch);
        add.Set("v3AndBelowTopics", world.Topics.Take(3).Select(t => add.NewChild("v3AndBelowTopics").Set("name", t).Set("partitions", new List<object?> { 0 })).ToList());
        await AllowedAsync(side, ApiKey.AddPartitionsToTxn, 3, add, "add");
    }

    private static async Task<Node> AllowedAsync(Side side, ApiKey api, short version, Node request, string what)
    {
        var answer = await side.AskAsSuperUserAsync(api, version, request);
        Assert.True(!answer.Has("errorCode") || answer.Get<short>("errorCode") == 0, $"{side.Name}: {what} ended with error {(answer.Has("errorCode") ? answer.Get<short>("errorCode") : 0)}.");
        return answer;
    }
}
