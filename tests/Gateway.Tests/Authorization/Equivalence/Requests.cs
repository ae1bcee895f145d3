using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>
/// Makes the request of a question: some topics, groups or ids of the world, so that allowed, denied and missing ones meet in one request. What is
/// allowed either works or fails by what follows the authorisation, alike on both sides.
/// </summary>
internal sealed class Requests(Question question, Side side, Random random)
{
    private const sbyte TopicResource = 2;
    private const sbyte BrokerResource = 4;
    private const sbyte GroupResource = 32;
    private const string Member = "AAAAAAAAAAAAAAAAAAAAAA";

    private readonly Node _request = RawClient.NewRequest(question.Api);

    private World World => question.World;

    public Node Make() => question.Api switch
    {
        ApiKey.Produce => Produce(),
        ApiKey.Fetch => Fetch(),
        ApiKey.ListOffsets => EachPartition(_request.Set("replicaId", -1), "topics", "partitions", ("partitionIndex", 0), ("timestamp", random.Next(2) == 0 ? -1L : -2L)),
        ApiKey.Metadata => Metadata(),
        ApiKey.OffsetCommit => EachPartition(
            _request.Set("groupId", Group(orNone: true)).Set("generationIdOrMemberEpoch", -1), "topics", "partitions", ("partitionIndex", 0), ("committedOffset", 1L), ("committedMetadata", "m")),
        ApiKey.OffsetFetch => OffsetFetch(),
        ApiKey.FindCoordinator => FindCoordinator(),
        ApiKey.JoinGroup => JoinGroup(),
        ApiKey.Heartbeat => _request.Set("groupId", Group(orNone: true)).Set("memberId", "nobody").Set("generationId", 1),
        ApiKey.SyncGroup => RawRequests.SyncGroup(Of(Group(orNone: true), "nobody")),
        ApiKey.LeaveGroup => RawRequests.Of(ApiKey.LeaveGroup, Of(Group(orNone: true), "nobody")),
        ApiKey.DescribeGroups => _request.Set("groups", Values(Groups())).Set("includeAuthorizedOperations", random.Next(2) == 0),
        ApiKey.ConsumerGroupDescribe => _request.Set("groupIds", Values(Groups())).Set("includeAuthorizedOperations", random.Next(2) == 0),
        ApiKey.ListGroups => _request,
        ApiKey.CreateTopics => CreateTopics(),
        ApiKey.DeleteTopics => DeleteTopics(),
        ApiKey.DeleteRecords => EachPartition(_request.Set("timeoutMs", 5000), "topics", "partitions", ("partitionIndex", 0), ("offset", 0L)),
        ApiKey.InitProducerId => _request.Set("transactionalId", random.Next(2) == 0 ? null : TransactionalId()).Set("transactionTimeoutMs", 60_000),
        ApiKey.OffsetForLeaderEpoch => EachPartition(_request.Set("replicaId", -1), "topics", "partitions", ("partition", 0), ("leaderEpoch", 0)),
        ApiKey.AddPartitionsToTxn => AddPartitions(),
        ApiKey.AddOffsetsToTxn => Transactional().Set("groupId", Group()),
        ApiKey.EndTxn => Transactional().Set("committed", random.Next(2) == 0),
        ApiKey.TxnOffsetCommit => EachPartition(
            Transactional().Set("groupId", Group()), "topics", "partitions", ("partitionIndex", 0), ("committedOffset", 1L), ("committedMetadata", "m")),
        ApiKey.DeleteGroups => _request.Set("groupsNames", Values(Groups())),
        ApiKey.OffsetDelete => EachPartition(_request.Set("groupId", Group()), "topics", "partitions", ("partitionIndex", 0)),
        ApiKey.DescribeCluster => _request.Set("includeClusterAuthorizedOperations", random.Next(2) == 0),
        ApiKey.ConsumerGroupHeartbeat => Heartbeat(),
        ApiKey.DescribeTopicPartitions => random.Next(3) == 0 ? _request : Each("topics", Topics(), (topic, name) => topic.Set("name", name)),
        ApiKey.DescribeAcls => AclFilter(_request),
        ApiKey.CreateAcls => Each("creations", ["nobody"], (acl, name) => acl.Set("resourceType", TopicResource).Set("resourceName", "unused" + World.Suffix)
            .Set("principal", "User:" + name).Set("host", "*").Set("operation", (sbyte)3).Set("permissionType", (sbyte)3)),
        ApiKey.DeleteAcls => Each("filters", ["nobody"], (filter, name) => AclFilter(filter).Set("principalFilter", "User:" + name + World.Suffix)),
        ApiKey.CreatePartitions => Each("topics", Topics(), (topic, name) => topic.Set("name", name).Set("count", 1).Set("assignments", null)).Set("timeoutMs", 5000),
        ApiKey.DescribeConfigs => Resources((resource, type) => resource.Set("configurationKeys", type == TopicResource && random.Next(2) == 0 ? Values(["retention.ms"]) : null)),
        ApiKey.AlterConfigs or ApiKey.IncrementalAlterConfigs => Resources((resource, type) => resource.List("configs").Add(resource.NewChild("configs")
            .Set("name", type == GroupResource ? "consumer.session.timeout.ms" : "retention.ms").Set("value", type == GroupResource ? "50000" : "86400000"))).Set("validateOnly", random.Next(2) == 0),
        ApiKey.DescribeProducers => Each("topics", Topics(), (topic, name) => topic.Set("name", name).Set("partitionIndexes", new List<object?> { 0 })),
        ApiKey.DescribeTransactions => _request.Set("transactionalIds", Values(Some(World.TransactionalIds))),
        ApiKey.ListTransactions or ApiKey.ListConfigResources => _request,
        ApiKey.DescribeShareGroupOffsets => DescribeShareOffsets(),
        ApiKey.ShareGroupDescribe or ApiKey.StreamsGroupDescribe => _request.Set("groupIds", Values(Groups())).Set("includeAuthorizedOperations", random.Next(2) == 0),
        ApiKey.ShareGroupHeartbeat => ShareHeartbeat(),
        ApiKey.StreamsGroupHeartbeat => StreamsHeartbeat(),
        ApiKey.ShareFetch => ShareFetch(),
        ApiKey.ShareAcknowledge => EachPartition(
            _request.Set("groupId", Group()).Set("memberId", Member).Set("shareSessionEpoch", 1), "topics", "partitions", missing: false, ("partitionIndex", 0)),
        ApiKey.StreamsGroupTopologyDescriptionUpdate => _request.Set("groupId", Group()).Set("memberId", Member),
        ApiKey.AlterShareGroupOffsets => EachPartition(_request.Set("groupId", Group()), "topics", "partitions", ("partitionIndex", 0), ("startOffset", 0L)),
        ApiKey.DeleteShareGroupOffsets => Each("topics", Topics(), (topic, name) => topic.Set("topicName", name)).Set("groupId", Group()),
        _ => throw new NotSupportedException($"{question.Api} has a place among the questions, but no request."),
    };

    private Node Produce()
    {
        // Plain; idempotent; a transaction; a transaction without its id; an id without a transaction.
        var kind = random.Next(5);
        var id = TransactionalId();
        var producer = kind switch { 1 => side.Producers[""], 2 or 3 => ProducerOf(id), _ => (Id: -1L, Epoch: (short)-1) };
        var records = RawRequests.Batch(producer.Id, producer.Epoch, producer.Id < 0 ? -1 : 0, transactional: kind is 2 or 3);
        _request.Set("acks", (short)-1).Set("timeoutMs", 5000).Set("transactionalId", kind is 2 or 4 ? id : null);
        return EachPartition(_request, "topicData", "partitionData", ("index", 0), ("records", records));
    }

    private Node Fetch()
    {
        _request.Set("maxWaitMs", 0).Set("minBytes", 0).Set("maxBytes", 1 << 20).Set("sessionId", 0).Set("sessionEpoch", -1).Set("rackId", "");
        return EachPartition(_request, "topics", "partitions", ("partition", 0), ("partitionMaxBytes", 1 << 20));
    }

    private Node Metadata()
    {
        _request.Set("includeTopicAuthorizedOperations", random.Next(2) == 0).Set("includeClusterAuthorizedOperations", random.Next(2) == 0);
        var kind = question.User == Side.SuperUser ? 0 : random.Next(4);
        _request.Set("allowAutoTopicCreation", kind == 1);
        if (kind == 0)
        {
            return question.Version == 0 ? _request : _request.Set("topics", null);
        }

        // Older versions always create: what is to stay missing must not be asked of them.
        var names = Topics(missing: question.Version >= 4 && kind != 1);
        if (kind == 1 || question.Version < 4)
        {
            names.Add(World.New(question.Number));
        }

        var byId = kind == 2 && question.Version >= 12;
        return Each("topics", names, (topic, name) => topic.Set("name", byId ? null : name).Set("topicId", byId ? IdOf(name) : Guid.Empty));
    }

    private Node OffsetFetch()
    {
        _request.Set("requireStable", random.Next(2) == 0);
        if (question.Version < 8)
        {
            _request.Set("groupId", Group());
            return question.Version >= 2 && random.Next(3) == 0 ? _request.Set("topics", null) : Each("topics", Topics(), (topic, name) => topic.Set("name", name).Set("partitionIndexes", new List<object?> { 0 }));
        }

        return Each("groups", Groups(), (group, name) =>
        {
            group.Set("groupId", name).Set("memberEpoch", -1);
            var topics = Topics().ConvertAll(t => group.NewChild("topics").Set("name", t).Set("topicId", IdOf(t)).Set("partitionIndexes", new List<object?> { 0 }));
            group.Set("topics", random.Next(3) == 0 ? null : topics);
        });
    }

    private Node FindCoordinator()
    {
        var type = question.Version == 0 ? (sbyte)0 : (sbyte)random.Next(2);
        var keys = type == 0 ? Groups() : Some(World.TransactionalIds);
        return _request.Set("keyType", type).Set("key", keys[0]).Set("coordinatorKeys", Values(keys));
    }

    private Node JoinGroup()
    {
        // Of the world's groups with a time-out that the coordinator refuses, after the authorisation; new ones come into being.
        var isNew = random.Next(2) == 0;
        var group = isNew ? $"g{question.Number}new{World.Suffix}" : Group(orNone: true);
        return RawRequests.JoinGroup(Of(group)).Set("sessionTimeoutMs", isNew ? 1_200_000 : 1).Set("rebalanceTimeoutMs", 600_000);
    }

    private Node Heartbeat()
    {
        // A group that brokers before 4.0 make whatever its topics are would be there on one side only.
        var kind = random.Next(World.IsOfOldBrokers ? 1 : 0, 3);
        _request.Set("groupId", kind == 0 ? $"g{question.Number}new{World.Suffix}" : Group(orNone: true)).Set("memberId", Member)
            .Set("memberEpoch", kind == 0 ? 0 : 5).Set("rebalanceTimeoutMs", kind == 0 ? 10_000 : -1).Set("topicPartitions", kind == 0 ? new List<Node>() : null);
        return _request.Set("subscribedTopicNames", kind == 2 ? null : Values(Topics()));
    }

    private Node ShareHeartbeat()
    {
        var isNew = random.Next(2) == 0;
        return _request.Set("groupId", isNew ? $"s{question.Number}new{World.Suffix}" : Group(orNone: true)).Set("memberId", Member).Set("memberEpoch", isNew ? 0 : 5)
            .Set("subscribedTopicNames", Values(Topics()));
    }

    /// <summary>Without internal topics: a broker takes those that it may not make, and says so in a status.</summary>
    private Node StreamsHeartbeat()
    {
        var isNew = random.Next(2) == 0;
        var topology = _request.NewChild("topology");
        topology.List("subtopologies").Add(topology.NewChild("subtopologies").Set("subtopologyId", "0").Set("sourceTopics", Values(Topics())));
        return _request.Set("groupId", isNew ? $"k{question.Number}new{World.Suffix}" : Group(orNone: true)).Set("memberId", Member).Set("memberEpoch", 0).Set("rebalanceTimeoutMs", 10_000)
            .Set("processId", "p").Set("topology", topology).Set("activeTasks", new List<Node>()).Set("standbyTasks", new List<Node>()).Set("warmupTasks", new List<Node>())
            .Set("clientTags", new List<Node>());
    }

    /// <summary>Of topics that are there: brokers fail a whole request over an id that they do not know.</summary>
    private Node ShareFetch()
    {
        _request.Set("groupId", Group()).Set("memberId", Member).Set("shareSessionEpoch", 0).Set("maxWaitMs", 0).Set("maxBytes", 1 << 20).Set("maxRecords", 10).Set("batchSize", 10);
        return EachPartition(_request, "topics", "partitions", missing: false, ("partitionIndex", 0));
    }

    private Node DescribeShareOffsets() => Each("groups", Groups(), (group, name) =>
    {
        var topics = Topics().ConvertAll(t => group.NewChild("topics").Set("topicName", t).Set("partitions", new List<object?> { 0 }));
        group.Set("groupId", name).Set("topics", random.Next(3) == 0 ? null : topics);
    });

    private Node CreateTopics()
    {
        _request.Set("timeoutMs", 5000).Set("validateOnly", random.Next(4) == 0);
        List<string> names = [World.New(question.Number), .. Some([.. World.Topics])];
        if (random.Next(4) == 0)
        {
            names.Add("no topic!" + World.Suffix);
        }

        return Each("topics", names, (topic, name) => topic.Set("name", name).Set("numPartitions", 1).Set("replicationFactor", (short)1));
    }

    private Node DeleteTopics()
    {
        _request.Set("timeoutMs", 5000);
        List<string> names = [.. Some(World.Victims), .. random.Next(2) == 0 ? [World.Missing] : (string[])[]];
        if (question.Version < 6)
        {
            return _request.Set("topicNames", Values(names));
        }

        // Now and then by both, which is a mistake, as is naming one twice.
        return Each("topics", random.Next(8) == 0 ? [.. names, names[0]] : names, (topic, name) =>
        {
            var kind = random.Next(16);
            topic.Set("name", kind < 8 ? null : name).Set("topicId", kind <= 8 ? IdOf(name) : Guid.Empty);
        });
    }

    private Node AddPartitions()
    {
        var id = TransactionalId();
        var producer = ProducerOf(id);
        _request.Set("v3AndBelowTransactionalId", id).Set("v3AndBelowProducerId", producer.Id).Set("v3AndBelowProducerEpoch", producer.Epoch);
        return Each("v3AndBelowTopics", Topics(), (topic, name) => topic.Set("name", name).Set("partitions", new List<object?> { 0 }));
    }

    private Node Transactional()
    {
        var id = TransactionalId();
        var producer = ProducerOf(id);
        return _request.Set("transactionalId", id).Set("producerId", producer.Id).Set("producerEpoch", producer.Epoch);
    }

    private Node Resources(Action<Node, sbyte> rest)
    {
        var resources = Topics().ConvertAll(name => (Type: TopicResource, Name: name));
        var groups = Groups();
        if (!World.IsOfOldBrokers)
        {
            // Brokers before 4.0 refuse the whole request for one of them, whoever asks.
            resources.AddRange(groups.ConvertAll(name => (GroupResource, name)));
        }

        if (random.Next(4) == 0)
        {
            resources.Add((BrokerResource, "1"));
        }

        foreach (var (type, name) in resources)
        {
            var resource = _request.NewChild("resources").Set("resourceType", type).Set("resourceName", name);
            rest(resource, type);
            _request.List("resources").Add(resource);
        }

        return _request;
    }

    private static Node AclFilter(Node filter) =>
        filter.Set("resourceTypeFilter", (sbyte)1).Set("patternTypeFilter", (sbyte)1).Set("operation", (sbyte)1).Set("permissionType", (sbyte)1)
            .Set("resourceNameFilter", null).Set("principalFilter", null).Set("hostFilter", null);

    private Node EachPartition(Node request, string list, string partitions, params (string Field, object Value)[] values) => EachPartition(request, list, partitions, missing: true, values);

    private Node EachPartition(Node request, string list, string partitions, bool missing, params (string Field, object Value)[] values)
    {
        foreach (var name in Topics(missing))
        {
            var topic = request.NewChild(list);
            foreach (var field in new[] { "name", "topic", "topicName" }.Where(topic.Has))
            {
                topic.Set(field, name);
            }

            var id = IdOf(name);
            if (topic.Has("topicId"))
            {
                topic.Set("topicId", id);
            }

            var partition = topic.NewChild(partitions);
            foreach (var (field, value) in values)
            {
                partition.Set(field, value);
            }

            topic.List(partitions).Add(partition);
            request.List(list).Add(topic);
        }

        return request;
    }

    private Node Each(string list, List<string> names, Action<Node, string> rest)
    {
        var items = new List<Node>();
        foreach (var name in names)
        {
            var item = _request.NewChild(list);
            rest(item, name);
            items.Add(item);
        }

        return _request.Set(list, items);
    }

    private List<string> Topics(bool missing = true) => Some(missing ? [.. World.Topics, World.Missing] : World.Topics);

    private List<string> Groups() => Some(World.Groups);

    private string Group(bool orNone = false) => orNone && random.Next(10) == 0 ? "" : World.Groups[random.Next(World.Groups.Count)];

    private string TransactionalId() => World.TransactionalIds[random.Next(World.TransactionalIds.Count)];

    private (long Id, short Epoch) ProducerOf(string transactionalId) => side.Producers.TryGetValue(transactionalId, out var known) ? known : (4242, (short)0);

    /// <summary>Of a topic that does not exist, one that is made up, the same for both sides.</summary>
    private Guid IdOf(string topic)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return side.IdOf(topic, new Guid(bytes));
    }

    private Target Of(string group, string member = "") => new(World.Topics[0], Guid.Empty, group, "", member, Epoch: 1);

    private List<string> Some(IReadOnlyList<string> pool)
    {
        var shuffled = pool.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled.Take(random.Next(1, Math.Min(5, pool.Count) + 1))];
    }

    private static List<object?> Values(IEnumerable<string> names) => [.. names];
}
