using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>CreateTopics: in a standard virtual cluster, under its prefix; in a partner's there are only aliases, which operators make.</summary>
public sealed class CreateTopicsApi(BrokerAddresses addresses, ClusterDirectory clusters, GatewayOptions options) : TopicBatchApi(ApiKey.CreateTopics, "topics")
{
    public override Node? Request(Exchange exchange, Node request)
    {
        PartitionLimit.Mark(exchange, request.List("topics").Sum(t => Math.Max(1L, Math.Max(t.Get<int>("numPartitions"), t.List("assignments").Count))), options);
        return base.Request(exchange, request);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        base.Response(exchange, view, answer);
        clusters.Find(view.Cluster.PhysicalCluster)?.Refresh();
    }

    protected override (ErrorCode Error, string? Message) Check(Exchange exchange, string name, TenantTopic? topic, Node item)
    {
        var mayCreate = exchange.Access.Allows(exchange.Right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster")
            || exchange.Access.Allows(exchange.Right.Topic!.Value, ResourceType.Topic, name);
        if (!mayCreate || exchange.View.Cluster.Kind == VirtualClusterKind.Partner)
        {
            return (ErrorCode.TopicAuthorizationFailed, null);
        }

        if (topic is null)
        {
            return (ErrorCode.InvalidTopic, "The topic name is empty or too long.");
        }

        if (topic.Permission is not null)
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (exchange.Refusal != ErrorCode.None)
        {
            return (exchange.Refusal, PartitionLimit.Text(options));
        }

        return ThrottledReplicas.AreIn(item.List("configs").Select(c => c.Text("name")))
            ? (ErrorCode.InvalidConfig, ThrottledReplicas.Refusal)
            : item.List("assignments").TrueForAll(a => ReplicaAssignments.Place(a, exchange, addresses)) ? (ErrorCode.None, null)
            : (ErrorCode.InvalidReplicaAssignment, ReplicaAssignments.Refusal);
    }

    protected override void Show(Exchange exchange, TenantView view, TenantTopic topic, Node result)
    {
        result.Set("topicId", view.VirtualId(topic, result.Get<Guid>("topicId")));
        ReplicaAssignments.CleanError(result);
        if (result.Get<short>("errorCode") == (short)ErrorCode.InvalidTopic)
        {
            // The broker's text may name a topic of others that differs in '.' and '_' only.
            result.Set("errorMessage", "The topic name is invalid, or collides with another one in its use of '.' and '_'.");
        }

        if (result.Get<short>("errorCode") == (short)ErrorCode.None && !new Access(exchange.Session, view.Cluster).Allows(Operation.DescribeConfigs, ResourceType.Topic, topic.Name))
        {
            result.Set("topicConfigErrorCode", (short)ErrorCode.TopicAuthorizationFailed).Set("numPartitions", -1).Set("replicationFactor", (short)-1).Set("configs", new List<Node>());
        }
    }
}

/// <summary>CreatePartitions of the tenant's own topics.</summary>
public sealed class CreatePartitionsApi(BrokerAddresses addresses, ClusterDirectory clusters, GatewayOptions options) : TopicBatchApi(ApiKey.CreatePartitions, "results")
{
    public override Node? Request(Exchange exchange, Node request)
    {
        PartitionLimit.Mark(exchange, request.List("topics").Sum(t => Math.Max(1L, Math.Max(t.Get<int>("count"), t.List("assignments").Count))), options);
        return base.Request(exchange, request);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        base.Response(exchange, view, answer);
        clusters.Find(view.Cluster.PhysicalCluster)?.Refresh();
    }

    protected override void Show(Exchange exchange, TenantView view, TenantTopic topic, Node result) => ReplicaAssignments.CleanError(result);

    protected override (ErrorCode Error, string? Message) Check(Exchange exchange, string name, TenantTopic? topic, Node item)
    {
        var refusal = base.Check(exchange, name, topic, item);
        if (refusal.Error == ErrorCode.None && exchange.Refusal != ErrorCode.None)
        {
            return (exchange.Refusal, PartitionLimit.Text(options));
        }

        return refusal.Error != ErrorCode.None || item.List("assignments").TrueForAll(a => ReplicaAssignments.Place(a, exchange, addresses))
            ? refusal
            : (ErrorCode.InvalidReplicaAssignment, ReplicaAssignments.Refusal);
    }
}

/// <summary>
/// DescribeProducers of the tenant's own topics: who else writes to a shared one is not for its readers. Producer ids are those that the clients gave.
/// </summary>
public sealed class DescribeProducersApi() : TopicBatchApi(ApiKey.DescribeProducers, "topics")
{
    protected override void Show(Exchange exchange, TenantView view, TenantTopic topic, Node result) => result.List("partitions").ForEach(p => CleanError(p, view));

    protected override void Refuse(Node result, Node item, ErrorCode error, string? message)
    {
        foreach (var partition in item.Values("partitionIndexes"))
        {
            result.List("partitions").Add(result.NewChild("partitions").Set("partitionIndex", partition).Set("errorCode", (short)error));
        }
    }
}

/// <summary>Kafka's controller takes any number of partitions, and runs out of memory over a large one: a tenant must not be able to ask for it.</summary>
internal static class PartitionLimit
{
    /// <summary>Refuses the request's items when they ask for too many in all.</summary>
    public static void Mark(Exchange exchange, long partitions, GatewayOptions options) =>
        exchange.Refusal = partitions > options.MaxPartitions ? ErrorCode.InvalidPartitions : ErrorCode.None;

    public static string Text(GatewayOptions options) => $"A request asks for at most {options.MaxPartitions} partitions.";
}

/// <summary>Brokers that a client chose for replicas.</summary>
internal static class ReplicaAssignments
{
    /// <summary>The text of a broker names brokers by their physical ids.</summary>
    public static void CleanError(Node result)
    {
        if (result.Get<short>("errorCode") == (short)ErrorCode.InvalidReplicaAssignment)
        {
            result.Set("errorMessage", "The assignment of replicas is not valid.");
        }
    }

    public const string Refusal = "A node id of the assignment is not known, or stands there twice.";

    /// <summary>False: a node id stands for no broker, or is there twice.</summary>
    public static bool Place(Node assignment, Exchange exchange, BrokerAddresses addresses)
    {
        var brokers = assignment.Values("brokerIds").Select(n => addresses.BrokerOf(exchange.View.Cluster.PhysicalCluster, (int)n!)).ToList();
        assignment.Set("brokerIds", brokers.ConvertAll(b => (object?)(b ?? -1)));
        return brokers.TrueForAll(b => b is not null) && brokers.Distinct().Count() == brokers.Count;
    }
}

/// <summary>Configurations that name brokers by their physical ids; they are for the operators of the physical cluster.</summary>
internal static class ThrottledReplicas
{
    public const string Refusal = "Replication throttles are set by the cluster's operators.";

    private static readonly string[] Names = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];

    public static bool Is(string? config) => Names.Contains(config, StringComparer.Ordinal);

    public static bool AreIn(IEnumerable<string?> configs) => configs.Any(Is);
}
