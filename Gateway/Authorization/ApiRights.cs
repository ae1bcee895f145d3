using PartnerPlatform.Gateway.Protocol;
using static PartnerPlatform.Gateway.Authorization.Operation;

namespace PartnerPlatform.Gateway.Authorization;

/// <summary>What an API needs, on each resource that its request names; null = the API names none, or it needs nothing.</summary>
public sealed record ApiRight(Operation? Topic = null, Operation? Group = null, Operation? TransactionalId = null, Operation? Cluster = null);

/// <summary>
/// The one table of rights: API -> operation on each kind of resource, as Kafka's own brokers ask for them. It is also the allow list: an API
/// that is not in it is neither advertised nor forwarded.
/// </summary>
public static class ApiRights
{
    public static readonly IReadOnlyDictionary<ApiKey, ApiRight> Table = new Dictionary<ApiKey, ApiRight>
    {
        [ApiKey.Produce] = new(Topic: Write, TransactionalId: Write),
        [ApiKey.Fetch] = new(Topic: Read),
        [ApiKey.ListOffsets] = new(Topic: Describe),
        [ApiKey.Metadata] = new(Topic: Describe),
        [ApiKey.OffsetCommit] = new(Topic: Read, Group: Read),
        [ApiKey.OffsetFetch] = new(Topic: Describe, Group: Describe),
        [ApiKey.FindCoordinator] = new(Group: Describe, TransactionalId: Describe),
        [ApiKey.JoinGroup] = new(Group: Read),
        [ApiKey.Heartbeat] = new(Group: Read),
        [ApiKey.LeaveGroup] = new(Group: Read),
        [ApiKey.SyncGroup] = new(Group: Read),
        [ApiKey.DescribeGroups] = new(Group: Describe),
        [ApiKey.ListGroups] = new(Group: Describe),
        [ApiKey.SaslHandshake] = new(),
        [ApiKey.ApiVersions] = new(),
        [ApiKey.SaslAuthenticate] = new(),

        [ApiKey.DescribeAcls] = new(Cluster: Describe),
        [ApiKey.CreateAcls] = new(Cluster: Alter),
        [ApiKey.DeleteAcls] = new(Cluster: Alter),

        // Create on the cluster, or on the topic.
        [ApiKey.CreateTopics] = new(Topic: Create, Cluster: Create),

        // Delete on the cluster, or on the topic.
        [ApiKey.DeleteTopics] = new(Topic: Delete, Cluster: Delete),
        [ApiKey.DeleteRecords] = new(Topic: Delete),
        [ApiKey.CreatePartitions] = new(Topic: Alter),
        [ApiKey.DescribeConfigs] = new(Topic: DescribeConfigs, Group: DescribeConfigs),
        [ApiKey.AlterConfigs] = new(Topic: AlterConfigs, Group: AlterConfigs),
        [ApiKey.IncrementalAlterConfigs] = new(Topic: AlterConfigs, Group: AlterConfigs),
        [ApiKey.DescribeProducers] = new(Topic: Read),
        [ApiKey.DescribeTransactions] = new(Topic: Describe, TransactionalId: Describe),
        [ApiKey.ListTransactions] = new(TransactionalId: Describe),

        // Without a transactional id: IdempotentWrite on the cluster, or Write on any topic.
        [ApiKey.InitProducerId] = new(TransactionalId: Write, Cluster: IdempotentWrite),

        // ClusterAction on the cluster, or Describe on the topic.
        [ApiKey.OffsetForLeaderEpoch] = new(Topic: Describe, Cluster: ClusterAction),
        [ApiKey.AddPartitionsToTxn] = new(Topic: Write, TransactionalId: Write),
        [ApiKey.AddOffsetsToTxn] = new(Group: Read, TransactionalId: Write),
        [ApiKey.EndTxn] = new(TransactionalId: Write),
        [ApiKey.TxnOffsetCommit] = new(Topic: Read, Group: Read, TransactionalId: Write),
        [ApiKey.DeleteGroups] = new(Group: Delete),
        [ApiKey.OffsetDelete] = new(Topic: Read, Group: Delete),
        [ApiKey.DescribeCluster] = new(),
        [ApiKey.ConsumerGroupHeartbeat] = new(Topic: Describe, Group: Read),
        [ApiKey.ConsumerGroupDescribe] = new(Topic: Describe, Group: Describe),
        [ApiKey.DescribeTopicPartitions] = new(Topic: Describe),
        [ApiKey.ListConfigResources] = new(Cluster: DescribeConfigs),

        [ApiKey.ShareGroupHeartbeat] = new(Topic: Describe, Group: Read),
        [ApiKey.ShareGroupDescribe] = new(Topic: Describe, Group: Describe),
        [ApiKey.ShareFetch] = new(Topic: Read, Group: Read),
        [ApiKey.ShareAcknowledge] = new(Topic: Read, Group: Read),
        [ApiKey.DescribeShareGroupOffsets] = new(Topic: Describe, Group: Describe),
        [ApiKey.AlterShareGroupOffsets] = new(Topic: Read, Group: Read),
        [ApiKey.DeleteShareGroupOffsets] = new(Topic: Read, Group: Delete),

        // Beside these, Create for internal topics that are not there yet.
        [ApiKey.StreamsGroupHeartbeat] = new(Topic: Describe, Group: Read),
        [ApiKey.StreamsGroupDescribe] = new(Topic: Describe, Group: Describe),
        [ApiKey.StreamsGroupTopologyDescriptionUpdate] = new(Group: Read),
    };

    private const string BetweenBrokers = "between brokers and controllers";
    private const string PhysicalCluster = "about the physical cluster and its machines, which are the operators'";
    private const string OtherCredentials = "would make credentials that the platform does not know of";

    /// <summary>APIs that are defined and neither advertised nor forwarded, and why.</summary>
    public static readonly IReadOnlyDictionary<ApiKey, string> NotOffered = new Dictionary<ApiKey, string>
    {
        [ApiKey.WriteTxnMarkers] = BetweenBrokers,
        [ApiKey.InitializeShareGroupState] = BetweenBrokers,
        [ApiKey.ReadShareGroupState] = BetweenBrokers,
        [ApiKey.WriteShareGroupState] = BetweenBrokers,
        [ApiKey.DeleteShareGroupState] = BetweenBrokers,
        [ApiKey.ReadShareGroupStateSummary] = BetweenBrokers,
        [ApiKey.AlterReplicaLogDirs] = PhysicalCluster,
        [ApiKey.DescribeLogDirs] = PhysicalCluster,
        [ApiKey.ElectLeaders] = PhysicalCluster,
        [ApiKey.AlterPartitionReassignments] = PhysicalCluster,
        [ApiKey.ListPartitionReassignments] = PhysicalCluster,
        [ApiKey.DescribeClientQuotas] = PhysicalCluster,
        [ApiKey.AlterClientQuotas] = PhysicalCluster,
        [ApiKey.DescribeQuorum] = PhysicalCluster,
        [ApiKey.UpdateFeatures] = PhysicalCluster,
        [ApiKey.UnregisterBroker] = PhysicalCluster,
        [ApiKey.UnregisterController] = PhysicalCluster,
        [ApiKey.AddRaftVoter] = PhysicalCluster,
        [ApiKey.RemoveRaftVoter] = PhysicalCluster,
        [ApiKey.CreateDelegationToken] = OtherCredentials,
        [ApiKey.RenewDelegationToken] = OtherCredentials,
        [ApiKey.ExpireDelegationToken] = OtherCredentials,
        [ApiKey.DescribeDelegationToken] = OtherCredentials,
        [ApiKey.DescribeUserScramCredentials] = OtherCredentials,
        [ApiKey.AlterUserScramCredentials] = OtherCredentials,
        [ApiKey.GetTelemetrySubscriptions] = "clients' telemetry would tell the physical cluster of tenants; clients go on without",
        [ApiKey.PushTelemetry] = "clients' telemetry would tell the physical cluster of tenants; clients go on without",
    };

    /// <summary>Highest versions offered where ours are more than a client may use; the reason beside each.</summary>
    public static readonly IReadOnlyDictionary<ApiKey, short> Ceilings = new Dictionary<ApiKey, short>
    {
        // From version 4 on the request is a batch of transactions, meant for brokers.
        [ApiKey.AddPartitionsToTxn] = 3,
    };
}
