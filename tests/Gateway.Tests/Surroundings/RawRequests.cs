using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>What a raw request names.</summary>
public sealed record Target(string Topic, Guid TopicId, string Group, string TransactionalId, string Member = "", long ProducerId = -1, short ProducerEpoch = -1, int Epoch = -1);

/// <summary>A request of every offered API, with every name and id filled in: in whatever version, nothing is left out that could be mapped.</summary>
public static class RawRequests
{
    private static readonly int[] Partitions = [0, 1, 2];

    public static Node Of(ApiKey api, Target target)
    {
        var request = RawClient.NewRequest(api);
        return api switch
        {
            ApiKey.Produce => Produce(target, Batch(target.ProducerId, target.ProducerEpoch)),
            ApiKey.Fetch => Fetch(target),
            ApiKey.ListOffsets => With(request.Set("replicaId", -1), "topics", target, "partitions", ("partitionIndex", null), ("timestamp", -1L)),
            ApiKey.Metadata => Metadata(target),
            ApiKey.OffsetCommit => With(
                request.Set("groupId", target.Group).Set("memberId", target.Member).Set("generationIdOrMemberEpoch", target.Epoch),
                "topics", target, "partitions", ("partitionIndex", null), ("committedOffset", 1L), ("committedMetadata", "m")),
            ApiKey.OffsetFetch => OffsetFetch(target),
            ApiKey.FindCoordinator => request.Set("key", target.Group).Set("coordinatorKeys", new List<object?> { target.Group }),
            ApiKey.JoinGroup => JoinGroup(target),
            ApiKey.Heartbeat => request.Set("groupId", target.Group).Set("memberId", target.Member).Set("generationId", target.Epoch),
            ApiKey.LeaveGroup => LeaveGroup(target),
            ApiKey.SyncGroup => SyncGroup(target),
            ApiKey.DescribeGroups => request.Set("groups", new List<object?> { target.Group }).Set("includeAuthorizedOperations", true),
            ApiKey.ListGroups or ApiKey.ApiVersions => request.Has("clientSoftwareName") ? request.Set("clientSoftwareName", "raw").Set("clientSoftwareVersion", "1") : request,
            ApiKey.SaslHandshake => request.Set("mechanism", "PLAIN"),
            ApiKey.SaslAuthenticate => request.Set("authBytes", Encoding.UTF8.GetBytes("\0nobody\0nothing")),
            ApiKey.InitProducerId => request.Set("transactionalId", target.TransactionalId.Length == 0 ? null : target.TransactionalId).Set("transactionTimeoutMs", 10_000),
            ApiKey.OffsetForLeaderEpoch => With(request.Set("replicaId", -1), "topics", target, "partitions", ("partition", null), ("leaderEpoch", 0)),
            ApiKey.AddPartitionsToTxn => AddPartitions(target),
            ApiKey.AddOffsetsToTxn or ApiKey.EndTxn => Transactional(request, target),
            ApiKey.TxnOffsetCommit => With(
                Transactional(request, target).Set("memberId", target.Member), "topics", target, "partitions", ("partitionIndex", null), ("committedOffset", 1L), ("committedMetadata", "m")),
            ApiKey.DeleteGroups => request.Set("groupsNames", new List<object?> { target.Group }),
            ApiKey.OffsetDelete => With(request.Set("groupId", target.Group), "topics", target, "partitions", ("partitionIndex", null)),
            ApiKey.DescribeCluster => request.Set("includeClusterAuthorizedOperations", true).Set("includeFencedBrokers", true),
            ApiKey.ConsumerGroupHeartbeat => Heartbeat(target),
            ApiKey.ConsumerGroupDescribe => request.Set("groupIds", new List<object?> { target.Group }).Set("includeAuthorizedOperations", true),
            ApiKey.DescribeTopicPartitions => DescribeTopics(target),
            ApiKey.DescribeAcls => AclFilter(request),
            ApiKey.CreateAcls => CreateAcls(request, target),
            ApiKey.DeleteAcls => DeleteAcls(request),
            ApiKey.CreateTopics => CreateTopics(target),
            ApiKey.DeleteTopics => DeleteTopics(target),
            ApiKey.DeleteRecords => With(request.Set("timeoutMs", 5000), "topics", target, "partitions", ("partitionIndex", null), ("offset", 0L)),
            ApiKey.CreatePartitions => Each(request.Set("timeoutMs", 5000), "topics", target, t => t.Set("count", 1).Set("assignments", null)),
            ApiKey.DescribeConfigs => Resources(request.Set("includeSynonyms", true).Set("includeDocumentation", true), target, r => r.Set("configurationKeys", null)),
            ApiKey.AlterConfigs or ApiKey.IncrementalAlterConfigs => Resources(request.Set("validateOnly", true), target, r =>
                r.List("configs").Add(r.NewChild("configs").Set("name", "retention.ms").Set("value", "1000"))),
            ApiKey.DescribeProducers => Each(request, "topics", target, t => t.Set("partitionIndexes", new List<object?> { 0, 1, 2 })),
            ApiKey.DescribeTransactions => request.Set("transactionalIds", new List<object?> { target.TransactionalId, "nobody" }),
            ApiKey.ListTransactions => request.Set("transactionalIdPattern", ".*|.*"),
            ApiKey.ListConfigResources => request,
            ApiKey.ShareGroupHeartbeat => ShareHeartbeat(target),
            ApiKey.ShareGroupDescribe or ApiKey.StreamsGroupDescribe => request.Set("groupIds", new List<object?> { target.Group }).Set("includeAuthorizedOperations", true),
            ApiKey.ShareFetch => ShareFetch(target),
            ApiKey.ShareAcknowledge => ShareAcknowledge(target),
            ApiKey.DescribeShareGroupOffsets => DescribeShareOffsets(request, target),
            ApiKey.AlterShareGroupOffsets => With(request.Set("groupId", target.Group), "topics", target, "partitions", ("partitionIndex", null), ("startOffset", 0L)),
            ApiKey.DeleteShareGroupOffsets => DeleteShareOffsets(request, target),
            ApiKey.StreamsGroupHeartbeat => StreamsHeartbeat(target),
            ApiKey.StreamsGroupTopologyDescriptionUpdate => TopologyDescription(request, target),
            _ => throw new NotSupportedException($"{api} is offered, but there is no request for it here: add one."),
        };
    }

    private static Node AclFilter(Node filter) =>
        filter.Set("resourceTypeFilter", (sbyte)1).Set("patternTypeFilter", (sbyte)1).Set("operation", (sbyte)1).Set("permissionType", (sbyte)1)
            .Set("resourceNameFilter", null).Set("principalFilter", null).Set("hostFilter", null);

    private static Node CreateAcls(Node request, Target target)
    {
        request.List("creations").Add(request.NewChild("creations").Set("resourceType", (sbyte)2).Set("resourceName", target.Topic)
            .Set("principal", "User:app").Set("host", "*").Set("operation", (sbyte)3).Set("permissionType", (sbyte)3));
        return request;
    }

    private static Node DeleteAcls(Node request)
    {
        request.List("filters").Add(AclFilter(request.NewChild("filters")));
        return request;
    }

    /// <summary>One that is there, and one that is made, with replicas on every node.</summary>
    private static Node CreateTopics(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.CreateTopics).Set("timeoutMs", 5000);
        var made = request.NewChild("topics").Set("name", target.Topic + "-made").Set("numPartitions", -1).Set("replicationFactor", (short)-1);
        made.List("assignments").Add(made.NewChild("assignments").Set("partitionIndex", 0).Set("brokerIds", new List<object?> { 0, 1, 2 }));
        return request.Set("topics", new List<Node> { request.NewChild("topics").Set("name", target.Topic).Set("numPartitions", 1).Set("replicationFactor", (short)1), made });
    }

    private static Node DeleteTopics(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.DeleteTopics).Set("timeoutMs", 5000).Set("topicNames", new List<object?> { target.Topic + "-made" });
        request.List("topics").Add(request.NewChild("topics").Set("name", target.Topic + "-made"));
        request.List("topics").Add(request.NewChild("topics").Set("name", null).Set("topicId", Guid.NewGuid()));
        return request;
    }

    private static Node Resources(Node request, Target target, Action<Node> rest)
    {
        foreach (var (type, name) in new (sbyte, string)[] { (2, target.Topic), (32, target.Group), (4, "0") })
        {
            var resource = request.NewChild("resources").Set("resourceType", type).Set("resourceName", name);
            rest(resource);
            request.List("resources").Add(resource);
        }

        return request;
    }

    private static Node Each(Node request, string list, Target target, Action<Node> rest)
    {
        var topic = request.NewChild(list).Set("name", target.Topic);
        rest(topic);
        request.List(list).Add(topic);
        return request;
    }

    public static Node Produce(Target target, byte[] records, short acks = -1, string? transactionalId = null)
    {
        var request = With(RawClient.NewRequest(ApiKey.Produce), "topicData", target, "partitionData", ("index", null), ("records", records));
        return request.Set("acks", acks).Set("timeoutMs", 5000).Set("transactionalId", transactionalId);
    }

    public static Node Fetch(Target target, int session = 0, int epoch = -1, int maxBytes = 1 << 20, int maxWait = 0)
    {
        var request = With(RawClient.NewRequest(ApiKey.Fetch), "topics", target, "partitions", ("partition", null), ("partitionMaxBytes", maxBytes));
        request.List("forgottenTopicsData").Add(
            request.NewChild("forgottenTopicsData").Set("topic", target.Topic).Set("topicId", target.TopicId).Set("partitions", new List<object?> { 7 }));
        return request.Set("maxWaitMs", maxWait).Set("minBytes", 1).Set("maxBytes", maxBytes).Set("sessionId", session).Set("sessionEpoch", epoch).Set("rackId", "");
    }

    /// <summary>Of the first partition alone, and nothing is forgotten.</summary>
    public static Node FetchFirst(Target target, int session = 0, int epoch = -1, int maxBytes = 1 << 20)
    {
        var request = Fetch(target, session, epoch, maxBytes);
        request.List("topics").Single().List("partitions").RemoveAll(p => p.Get<int>("partition") > 0);
        return request.Set("forgottenTopicsData", new List<Node>());
    }

    /// <summary>Asks by name where there is one, else by id.</summary>
    public static Node Metadata(Target target, bool create = false)
    {
        var request = RawClient.NewRequest(ApiKey.Metadata);
        var topic = request.NewChild("topics").Set("name", target.Topic.Length == 0 ? null : target.Topic).Set("topicId", target.Topic.Length == 0 ? target.TopicId : Guid.Empty);
        return request.Set("topics", new List<Node> { topic }).Set("allowAutoTopicCreation", create)
            .Set("includeClusterAuthorizedOperations", true).Set("includeTopicAuthorizedOperations", true);
    }

    /// <summary>Bytes of a classic subscription, version 1, with an owned partition.</summary>
    public static byte[] Subscription(string topic)
    {
        var node = Node.Of(Definitions.ConsumerSubscription).Set("topics", new List<object?> { topic });
        node.List("ownedPartitions").Add(node.NewChild("ownedPartitions").Set("topic", topic).Set("partitions", new List<object?> { 0 }));
        return Versioned(Definitions.ConsumerSubscription, node);
    }

    public static byte[] Assignment(string topic)
    {
        var node = Node.Of(Definitions.ConsumerAssignment);
        node.List("assignedPartitions").Add(node.NewChild("assignedPartitions").Set("topic", topic).Set("partitions", new List<object?> { 0, 1, 2 }));
        return Versioned(Definitions.ConsumerAssignment, node);
    }

    /// <summary>A batch with one record, its value <c>v</c>.</summary>
    public static byte[] Batch(long producerId = -1, short epoch = -1, int sequence = -1, bool transactional = false, int valueLength = 1)
    {
        var record = new WireWriter();
        record.Int8(0);
        record.UnsignedVarInt(0);
        record.UnsignedVarInt(0);
        record.UnsignedVarInt(1);
        record.UnsignedVarInt((uint)valueLength << 1);
        record.Bytes(Enumerable.Repeat((byte)'v', valueLength).ToArray());
        record.UnsignedVarInt(0);
        var body = record.ToArray();
        var batch = new WireWriter();
        batch.Int64(0);
        batch.Int32(0);
        batch.Int32(-1);
        batch.Int8(2);
        batch.Int32(0);
        batch.Int16((short)(transactional ? 0x10 : 0));
        batch.Int32(0);
        batch.Int64(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        batch.Int64(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        batch.Int64(producerId);
        batch.Int16(epoch);
        batch.Int32(sequence);
        batch.Int32(1);
        batch.UnsignedVarInt((uint)body.Length << 1);
        batch.Bytes(body);
        var bytes = batch.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
        var crc = uint.MaxValue;
        foreach (var b in bytes.AsSpan(21))
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(17), ~crc);
        return bytes;
    }

    public static Node JoinGroup(Target target, string protocolType = "consumer")
    {
        var request = RawClient.NewRequest(ApiKey.JoinGroup).Set("groupId", target.Group).Set("memberId", target.Member).Set("sessionTimeoutMs", 10_000).Set("rebalanceTimeoutMs", 10_000)
            .Set("protocolType", protocolType);
        request.List("protocols").Add(request.NewChild("protocols").Set("name", "range").Set("metadata", Subscription(target.Topic)));
        return request;
    }

    public static Node SyncGroup(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.SyncGroup).Set("groupId", target.Group).Set("memberId", target.Member).Set("generationId", target.Epoch)
            .Set("protocolType", "consumer").Set("protocolName", "range");
        request.List("assignments").Add(request.NewChild("assignments").Set("memberId", target.Member).Set("assignment", Assignment(target.Topic)));
        return request;
    }

    public static Node Heartbeat(Target target) => RawClient.NewRequest(ApiKey.ConsumerGroupHeartbeat).Set("groupId", target.Group)
        .Set("memberId", target.Member.Length == 0 ? Convert.ToBase64String(Guid.NewGuid().ToByteArray()) : target.Member).Set("memberEpoch", 0).Set("rebalanceTimeoutMs", 10_000)
        .Set("subscribedTopicNames", new List<object?> { target.Topic }).Set("topicPartitions", new List<Node>());

    public static Node ShareHeartbeat(Target target, string? member = null, int epoch = 0) => RawClient.NewRequest(ApiKey.ShareGroupHeartbeat).Set("groupId", target.Group)
        .Set("memberId", member ?? (target.Member.Length == 0 ? NewMember() : target.Member)).Set("memberEpoch", epoch).Set("subscribedTopicNames", new List<object?> { target.Topic });

    public static Node ShareFetch(Target target, string? member = null, int epoch = 0) =>
        With(RawClient.NewRequest(ApiKey.ShareFetch), "topics", target, "partitions", ("partitionIndex", null)).Set("groupId", target.Group).Set("memberId", member ?? NewMember())
            .Set("shareSessionEpoch", epoch).Set("maxWaitMs", 100).Set("minBytes", 1).Set("maxBytes", 1 << 20).Set("maxRecords", 100).Set("batchSize", 100);

    public static Node ShareAcknowledge(Target target, string? member = null, int epoch = 1)
    {
        var request = With(RawClient.NewRequest(ApiKey.ShareAcknowledge), "topics", target, "partitions", ("partitionIndex", null));
        foreach (var partition in request.List("topics").SelectMany(t => t.List("partitions")))
        {
            partition.List("acknowledgementBatches").Add(partition.NewChild("acknowledgementBatches").Set("firstOffset", 0L).Set("lastOffset", 0L).Set("acknowledgeTypes", new List<object?> { (sbyte)1 }));
        }

        return request.Set("groupId", target.Group).Set("memberId", member ?? NewMember()).Set("shareSessionEpoch", epoch);
    }

    /// <summary>A topology with a source topic, a topic for repartitioning and a changelog.</summary>
    public static Node StreamsHeartbeat(Target target, bool isInternal = true, string? member = null, int epoch = 0)
    {
        var request = RawClient.NewRequest(ApiKey.StreamsGroupHeartbeat);
        var topology = request.NewChild("topology").Set("epoch", 0);
        var subtopology = topology.NewChild("subtopologies").Set("subtopologyId", "0").Set("sourceTopics", new List<object?> { target.Topic });
        if (isInternal)
        {
            subtopology.Set("repartitionSinkTopics", new List<object?> { $"{target.Group}-repartition" });
            subtopology.List("repartitionSourceTopics").Add(subtopology.NewChild("repartitionSourceTopics").Set("name", $"{target.Group}-repartition").Set("partitions", 2));
            subtopology.List("stateChangelogTopics").Add(subtopology.NewChild("stateChangelogTopics").Set("name", $"{target.Group}-changelog"));
        }

        topology.List("subtopologies").Add(subtopology);
        return request.Set("groupId", target.Group).Set("memberId", member ?? NewMember()).Set("memberEpoch", epoch).Set("rebalanceTimeoutMs", 10_000).Set("processId", "p").Set("topology", topology)
            .Set("activeTasks", new List<Node>()).Set("standbyTasks", new List<Node>()).Set("warmupTasks", new List<Node>()).Set("clientTags", new List<Node>())
            .Set("userEndpoint", request.NewChild("userEndpoint").Set("host", "app.example").Set("port", (ushort)4711));
    }

    /// <summary>A member's id as clients make it: 128 bits in base64.</summary>
    public static string NewMember() => Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static Node DescribeShareOffsets(Node request, Target target)
    {
        // A broker (seen with 4.4.0) takes half a minute to answer for a partition that is not there: only the one that every topic has.
        var named = request.NewChild("groups").Set("groupId", target.Group).Set("topics", new List<Node>());
        named.List("topics").Add(named.NewChild("topics").Set("topicName", target.Topic).Set("partitions", new List<object?> { 0 }));
        return request.Set("groups", new List<Node> { named, request.NewChild("groups").Set("groupId", target.Group).Set("topics", null) });
    }

    private static Node DeleteShareOffsets(Node request, Target target)
    {
        request.List("topics").Add(request.NewChild("topics").Set("topicName", target.Topic));
        return request.Set("groupId", target.Group);
    }

    private static Node TopologyDescription(Node request, Target target)
    {
        var description = request.NewChild("topologyDescription");
        var subtopology = description.NewChild("subtopologies").Set("subtopologyId", "0");
        subtopology.List("nodes").Add(subtopology.NewChild("nodes").Set("name", "source").Set("sourceTopics", new List<object?> { target.Topic }).Set("sinkTopic", target.Topic));
        description.List("subtopologies").Add(subtopology);
        return request.Set("groupId", target.Group).Set("memberId", NewMember()).Set("topologyDescription", description);
    }

    public static Node OffsetFetch(Target target, bool all = false)
    {
        var request = RawClient.NewRequest(ApiKey.OffsetFetch).Set("groupId", target.Group);
        var group = request.NewChild("groups").Set("groupId", target.Group).Set("memberEpoch", -1);
        request.Set("groups", new List<Node> { group });
        if (all)
        {
            group.Set("topics", null);
            return request.Set("topics", null);
        }

        group.Set("topics", new List<Node>());
        var partitions = Partitions.Select(p => (object?)p).ToList();
        request.List("topics").Add(request.NewChild("topics").Set("name", target.Topic).Set("partitionIndexes", partitions));
        group.List("topics").Add(group.NewChild("topics").Set("name", target.Topic).Set("topicId", target.TopicId).Set("partitionIndexes", partitions));
        return request;
    }

    public static Node AddPartitions(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.AddPartitionsToTxn).Set("v3AndBelowTransactionalId", target.TransactionalId)
            .Set("v3AndBelowProducerId", target.ProducerId).Set("v3AndBelowProducerEpoch", target.ProducerEpoch);
        request.List("v3AndBelowTopics").Add(request.NewChild("v3AndBelowTopics").Set("name", target.Topic).Set("partitions", Partitions.Select(p => (object?)p).ToList()));
        return request;
    }

    private static Node LeaveGroup(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.LeaveGroup).Set("groupId", target.Group).Set("memberId", target.Member);
        request.List("members").Add(request.NewChild("members").Set("memberId", target.Member));
        return request;
    }

    private static Node Transactional(Node request, Target target)
    {
        request.Set("transactionalId", target.TransactionalId).Set("producerId", target.ProducerId).Set("producerEpoch", target.ProducerEpoch);
        return request.Has("groupId") ? request.Set("groupId", target.Group) : request;
    }

    private static Node DescribeTopics(Target target)
    {
        var request = RawClient.NewRequest(ApiKey.DescribeTopicPartitions);
        request.List("topics").Add(request.NewChild("topics").Set("name", target.Topic));
        return request;
    }

    private static byte[] Versioned(MessageDefinition definition, Node node)
    {
        var writer = new WireWriter();
        writer.Int16(1);
        MessageWriter.Write(definition, 1, node, writer);
        return writer.ToArray();
    }

    /// <summary>Three partitions of one topic, under its name and its id; a value of null is the partition's number.</summary>
    private static Node With(Node request, string topics, Target target, string partitions, params (string Field, object? Value)[] values)
    {
        var topic = request.NewChild(topics);
        foreach (var name in new[] { "name", "topic", "topicName" }.Where(topic.Has))
        {
            topic.Set(name, target.Topic);
        }

        if (topic.Has("topicId"))
        {
            topic.Set("topicId", target.TopicId);
        }

        foreach (var index in Partitions)
        {
            var partition = topic.NewChild(partitions);
            foreach (var (field, value) in values)
            {
                partition.Set(field, value ?? index);
            }

            topic.List(partitions).Add(partition);
        }

        request.List(topics).Add(topic);
        return request;
    }
}
