using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>Metadata: only the tenant's topics, under its names and ids; brokers as gateway nodes.</summary>
public sealed class MetadataApi(BrokerAddresses addresses) : NodeApi
{
    private const short FirstVersionThatCanForbid = 4;

    public override ApiKey Key => ApiKey.Metadata;

    public override Node? Request(Exchange exchange, Node request)
    {
        var wantsAll = request.IsNull("topics") || (exchange.Version == 0 && request.List("topics").Count == 0);
        var twice = wantsAll ? [] : TakeSecondNames(exchange, request);
        exchange.State = new Asked(wantsAll, twice, request.Get<bool>("includeTopicAuthorizedOperations"), request.Get<bool>("includeClusterAuthorizedOperations"));
        var mayCreate = request.Get<bool>("allowAutoTopicCreation") && !wantsAll && request.List("topics").Exists(t => MayCreate(exchange, t.Text("name")));
        if (wantsAll)
        {
            // By name: a broker asked for all would look at everybody's. A tenant's own may have been made just now.
            exchange.WantsFreshLook = exchange.View.Cluster.Kind == Contracts.Feed.VirtualClusterKind.Standard;
            request.Set("topics", AllOfTenant(exchange, request));
        }
        else
        {
            // Older versions cannot say that nothing is to be created, and what one topic is allowed is asked for all: the broker must not be told of a
            // topic that is not there, and that the client may not create.
            var creates = mayCreate || exchange.Version < FirstVersionThatCanForbid;
            request.List("topics").ForEach(t => Map(exchange, t, onlyExisting: creates && !MayCreate(exchange, t.Text("name"))));
        }

        request.Set("allowAutoTopicCreation", mayCreate);
        return null;
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var asked = (Asked)exchange.State!;
        var cluster = view.Cluster.PhysicalCluster;
        answer.Set("brokers", answer.List("brokers").Where(b => ShowBroker(b, cluster)).ToList());
        answer.Set("clusterId", view.VirtualClusterId);
        answer.Set("controllerId", addresses.Show(cluster, answer.Get<int>("controllerId")));
        answer.Set("topics", answer.List("topics").Where(t => ShowTopic(exchange, view, asked, t)).SelectMany(t => UnderEachName(exchange, view, asked, t)).ToList());
        if (asked.ClusterOperations)
        {
            answer.Set("clusterAuthorizedOperations", new Access(exchange.Session, view.Cluster).ClusterOperations());
        }
    }

    /// <summary>A tenant's own topic, by name, and with the right to create it: what a share stands for is not its to make.</summary>
    private static bool MayCreate(Exchange exchange, string? name) =>
        name is not null && exchange.View.Find(Encoding.UTF8.GetBytes(name)) is { Permission: null } && MayCreateOwn(exchange, name);

    private static bool MayCreateOwn(Exchange exchange, string name) =>
        exchange.Access.Allows(Operation.Create, ResourceType.Cluster, "kafka-cluster") || exchange.Access.Allows(Operation.Create, ResourceType.Topic, name);

    private static List<Node> AllOfTenant(Exchange exchange, Node request)
    {
        var access = exchange.Access;
        var topics = exchange.View.Topics().Where(t => access.CheckTopic(Operation.Describe, t.Name, t) == ErrorCode.None)
            .Select(t => request.NewChild("topics").Set("name", t.PhysicalName)).ToList();
        if (topics.Count == 0 && exchange.Version == 0)
        {
            // An empty list means "all" in version 0: a name that no topic has stands for "none".
            topics.Add(request.NewChild("topics").Set("name", Encoding.UTF8.GetString(exchange.AddDecoy("none"u8, ErrorCode.None))));
        }

        return topics;
    }

    /// <summary>A client may ask for a topic under both of its names; a broker would answer once, so it is asked once.</summary>
    private static List<string> TakeSecondNames(Exchange exchange, Node request)
    {
        var named = request.List("topics").Select(t => t.Text("name")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var twice = exchange.View.Names is null
            ? []
            : named.Where(n => exchange.View.Cluster.Aliases.Find(Encoding.UTF8.GetBytes(n)) is { IsFormer: false, Twin: { } former } && named.Contains(former.Name)).ToList();
        if (twice.Count > 0)
        {
            request.Set("topics", request.List("topics").Where(t => t.Text("name") is not { } name || !twice.Contains(name)).ToList());
        }

        return twice;
    }

    private static IEnumerable<Node> UnderEachName(Exchange exchange, TenantView view, Asked asked, Node topic)
    {
        yield return topic;
        if (asked.Twice.Count > 0 && topic.Text("name") is { } name && view.Twin(Encoding.UTF8.GetBytes(name)) is { } twin && asked.Twice.Contains(twin.Name)
            && new Access(exchange.Session, view.Cluster).CheckTopic(Operation.Describe, twin.Name, twin) == ErrorCode.None)
        {
            var again = topic.Copy().Set("name", twin.Name);
            if (topic.Get<Guid>("topicId") != Guid.Empty && view.State.Topics.TryGetValue(twin.PhysicalName, out var known))
            {
                again.Set("topicId", view.VirtualId(twin, known.Id));
            }

            yield return again;
        }
    }

    private static void Map(Exchange exchange, Node topic, bool onlyExisting)
    {
        if (topic.Text("name") is { } name)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var found = exchange.View.Find(utf8);
            var error = exchange.Access.CheckTopic(Operation.Describe, name, found);
            if (error == ErrorCode.UnknownTopicOrPartition && exchange.View.Cluster.Kind == Contracts.Feed.VirtualClusterKind.Standard)
            {
                error = ErrorCode.InvalidTopic;
            }
            else if (error == ErrorCode.None && onlyExisting && !exchange.View.State.Topics.ContainsKey(found!.PhysicalName))
            {
                // It may have been made just now.
                exchange.WantsFreshLook = true;
                error = ErrorCode.UnknownTopicOrPartition;
            }

            topic.Set("name", error == ErrorCode.None ? found!.PhysicalName : Encoding.UTF8.GetString(exchange.AddDecoy(utf8, error)));
            topic.Set("topicId", Guid.Empty);
            return;
        }

        var id = topic.Get<Guid>("topicId");
        var byId = exchange.View.FindId(id);
        var idError = byId is null ? ErrorCode.UnknownTopicId : exchange.Access.CheckTopic(Operation.Describe, byId.Value.Topic.Name, byId.Value.Topic);
        exchange.WantsFreshLook |= byId is null;
        topic.Set("topicId", idError == ErrorCode.None ? byId!.Value.PhysicalId : exchange.AddDecoy(id, idError));
    }

    private bool ShowBroker(Node broker, string cluster)
    {
        if (addresses.Find(cluster, broker.Get<int>("nodeId")) is not { } shown)
        {
            return false;
        }

        broker.Set("nodeId", shown.NodeId).Set("host", shown.Endpoint.Host).Set("port", shown.Endpoint.Port);
        return true;
    }

    private bool ShowTopic(Exchange exchange, TenantView view, Asked asked, Node topic)
    {
        var utf8 = topic.Text("name") is { } name ? Encoding.UTF8.GetBytes(name) : null;
        var physicalId = topic.Get<Guid>("topicId");
        if ((utf8 is not null ? exchange.FindDecoy(utf8) : exchange.FindDecoy(physicalId)) is { } decoy)
        {
            topic.Set("errorCode", (short)decoy.Error).Set("name", utf8 is null ? null : Encoding.UTF8.GetString(decoy.NameUtf8)).Set("topicId", decoy.Id);
            topic.Set("partitions", new List<Node>()).Set("topicAuthorizedOperations", Access.NotAsked);
            return decoy.Error != ErrorCode.None;
        }

        var access = new Access(exchange.Session, view.Cluster);
        var found = utf8 is not null ? view.FindPhysical(utf8) : view.FindPhysicalId(physicalId)?.Topic;
        if (found is null || (asked.All && topic.Get<short>("errorCode") == (short)ErrorCode.UnknownTopicOrPartition) || access.CheckTopic(Operation.Describe, found.Name, found) != ErrorCode.None)
        {
            return false;
        }

        topic.Set("name", found.Name).Set("topicId", view.VirtualId(found, physicalId));
        if (asked.TopicOperations)
        {
            topic.Set("topicAuthorizedOperations", access.Operations(ResourceType.Topic, found.Name, found));
        }

        topic.List("partitions").ForEach(p => Partitions.Show(p, addresses, view.Cluster.PhysicalCluster));
        return true;
    }

    /// <param name="Twice">Names that the broker was not asked for, because it was asked for the topic under its other name.</param>
    private sealed record Asked(bool All, List<string> Twice, bool TopicOperations, bool ClusterOperations);
}

/// <summary>Leaders and replicas of a partition as virtual node ids.</summary>
internal static class Partitions
{
    private static readonly string[] Lists = ["replicaNodes", "isrNodes", "offlineReplicas", "eligibleLeaderReplicas", "lastKnownElr"];

    public static void Show(Node partition, BrokerAddresses addresses, string cluster)
    {
        var leader = partition.Get<int>("leaderId");
        var shown = addresses.Show(cluster, leader);
        partition.Set("leaderId", shown);
        if (shown < 0 && leader >= 0)
        {
            // A broker that has no slot yet cannot be told of: as if it were about to be elected.
            partition.Set("errorCode", (short)ErrorCode.LeaderNotAvailable);
        }

        foreach (var list in Lists.Where(partition.Has))
        {
            addresses.ShowAll(partition, list, cluster);
        }
    }
}
