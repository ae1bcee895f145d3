using System.Text;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;

namespace PartnerPlatform.Gateway.Authorization;

/// <summary>What one session may do in its virtual cluster at one moment. ACLs bind all but super users; a share's ceiling binds all.</summary>
public readonly struct Access(Session session, VirtualCluster cluster)
{
    /// <summary>What Kafka says in the place of <see cref="Operations"/> where they were not asked for, or there is an error.</summary>
    public const int NotAsked = int.MinValue;

    public bool Allows(Operation operation, ResourceType type, string name) =>
        !cluster.AclEnabled || cluster.IsSuperUser(session.Principal) || cluster.Acls.Allows(session.Principal, session.Host, operation, type, name);

    public bool AllowsAny(Operation operation, ResourceType type) =>
        !cluster.AclEnabled || cluster.IsSuperUser(session.Principal) || cluster.Acls.AllowsAny(session.Principal, session.Host, operation, type);

    /// <summary>The error that a client gets for a topic, as a broker would give it.</summary>
    /// <param name="operation">What it wants to do.</param>
    /// <param name="name">Name that it gave.</param>
    /// <param name="topic">What the name stands for, or null.</param>
    public ErrorCode CheckTopic(Operation operation, string name, TenantTopic? topic) =>
        !Allows(operation, ResourceType.Topic, name) || IsDeniedByOtherName(operation, name) ? ErrorCode.TopicAuthorizationFailed
        : topic is null ? ErrorCode.UnknownTopicOrPartition
        : topic.Permits(operation) ? ErrorCode.None
        : ErrorCode.TopicAuthorizationFailed;

    /// <summary>The same for what an API does with topics.</summary>
    public ErrorCode CheckTopic(ApiKey api, string name, TenantTopic? topic)
    {
        var right = ApiRights.Table[api];

        // Epochs of all topics are for those who may act for the cluster, too: brokers once asked for them so.
        if (topic?.Permission is not null && api == ApiKey.AddPartitionsToTxn)
        {
            // An open transaction holds back all committed readers of what is shared.
            return ErrorCode.TopicAuthorizationFailed;
        }

        return topic is not null && api == ApiKey.OffsetForLeaderEpoch && Allows(right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster")
            ? ErrorCode.None
            : CheckTopic(right.Topic ?? Operation.Describe, name, topic);
    }

    /// <summary>A topic that is being renamed has two names: who is denied it under one cannot have it under the other.</summary>
    private bool IsDeniedByOtherName(Operation operation, string name) =>
        cluster.HasFormerNames && cluster.Aliases.Find(Encoding.UTF8.GetBytes(name))?.Twin is { } twin
        && cluster.AclEnabled && !cluster.IsSuperUser(session.Principal) && cluster.Acls.Denies(session.Principal, session.Host, operation, ResourceType.Topic, twin.Name);

    public ErrorCode CheckGroup(Operation operation, string group) =>
        Allows(operation, ResourceType.Group, group) ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed;

    public ErrorCode CheckTransactionalId(Operation operation, string id) =>
        Allows(operation, ResourceType.TransactionalId, id) ? ErrorCode.None : ErrorCode.TransactionalIdAuthorizationFailed;

    /// <summary>Bit field of the operations that are allowed, as Kafka's <c>AuthorizedOperations</c>.</summary>
    public int Operations(ResourceType type, string name, TenantTopic? topic = null)
    {
        var bits = 0;
        foreach (var operation in Supported(type))
        {
            if (Allows(operation, type, name) && (topic is null || topic.Permits(operation)))
            {
                bits |= 1 << (int)operation;
            }
        }

        return bits;
    }

    /// <summary>The same for the cluster: none for those who may not describe it.</summary>
    public int ClusterOperations() =>
        Allows(Operation.Describe, ResourceType.Cluster, "kafka-cluster") ? Operations(ResourceType.Cluster, "kafka-cluster") : 0;

    private static ReadOnlySpan<Operation> Supported(ResourceType type) => type switch
    {
        ResourceType.Topic => [Operation.Read, Operation.Write, Operation.Create, Operation.Describe, Operation.Delete, Operation.Alter, Operation.DescribeConfigs, Operation.AlterConfigs],
        ResourceType.Group => [Operation.Read, Operation.Describe, Operation.Delete, Operation.DescribeConfigs, Operation.AlterConfigs],
        _ => [Operation.Create, Operation.ClusterAction, Operation.DescribeConfigs, Operation.AlterConfigs, Operation.IdempotentWrite, Operation.Alter, Operation.Describe],
    };
}
