using System.Text;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>
/// StreamsGroupHeartbeat. The broker makes the internal topics of a topology, as the gateway's principal: so the rights to them are asked for before it
/// hears of them, and a partner, who can make no topics, may have none. An application's own addresses stay as they are.
/// </summary>
public sealed class StreamsGroupHeartbeatApi(GroupMemberships memberships, GatewayOptions options) : NodeApi
{
    public override ApiKey Key => ApiKey.StreamsGroupHeartbeat;

    public override Node? Request(Exchange exchange, Node request)
    {
        var group = request.Text("groupId")!;
        if (exchange.Access.CheckGroup(exchange.Right.Group!.Value, group) is var denied and not ErrorCode.None)
        {
            return Error(exchange, denied);
        }

        var topology = request.Struct("topology");
        if (topology is not null && Check(exchange, topology) is { } refused)
        {
            return refused;
        }

        if (group.Length == 0)
        {
            return GroupHeartbeatApi.EmptyGroup(exchange);
        }

        topology?.List("subtopologies").ForEach(s => Topology.Rename(s, n => Topology.Text(exchange.View.MembershipName(Encoding.UTF8.GetBytes(n)))));
        var (member, epoch) = (request.Text("memberId")!, request.Get<int>("memberEpoch"));
        MemberIds.ToBroker(request, "memberId", exchange.View.Cluster);
        request.Set("groupId", Prefixed(exchange, group));
        if (epoch < 0)
        {
            memberships.Leave(exchange.View.Cluster, group, member);
            return null;
        }

        var membership = epoch == 0 ? new Membership(exchange.View.Cluster) : memberships.Find(exchange.View, group, member);
        exchange.State = (group, member, membership);
        return membership is null ? GroupHeartbeatApi.MustJoinAgain(exchange) : null;
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        CleanError(answer, view);
        MemberIds.ToClient(answer, "memberId", view.Cluster);
        if (answer.Get<short>("errorCode") == 0 && exchange.State is (string group, string member, Membership membership))
        {
            memberships.Put(view.Cluster, group, member, membership);
        }

        answer.List("status").ForEach(s => s.Set("statusDetail", ErrorTexts.Clean(s.Text("statusDetail")!, view)));
        foreach (var topic in answer.List("partitionsByUserEndpoint").SelectMany(e => e.List("activePartitions").Concat(e.List("standbyPartitions"))))
        {
            Topology.Show(topic, "topic", view);
        }
    }

    /// <summary>Why the topology is refused; null: it is not.</summary>
    private Node? Check(Exchange exchange, Node topology)
    {
        var subtopologies = topology.List("subtopologies");
        if (subtopologies.Exists(s => s.Values("sourceTopicRegex").Count > 0))
        {
            return Error(exchange, ErrorCode.StreamsInvalidTopology, "Source topics by regular expression are not supported here: name the topics.");
        }

        var names = subtopologies.SelectMany(Topology.Names).Distinct(StringComparer.Ordinal).ToList();
        if (exchange.View.Cluster.Kind == VirtualClusterKind.Standard && names.Find(n => exchange.View.Find(Encoding.UTF8.GetBytes(n)) is null) is { } invalid)
        {
            return Error(exchange, ErrorCode.StreamsInvalidTopology, $"Topic names {invalid} are not valid topic names.");
        }

        if (names.Exists(n => !exchange.Access.Allows(exchange.Right.Topic!.Value, ResourceType.Topic, n)))
        {
            return Error(exchange, ErrorCode.TopicAuthorizationFailed);
        }

        var made = subtopologies.SelectMany(Topology.Internal).ToList();
        if (made.Find(t => !MayHave(exchange, t.Text("name")!)) is { } denied)
        {
            return Error(exchange, ErrorCode.TopicAuthorizationFailed, $"Unauthorized to CREATE on topics {denied.Text("name")}.");
        }

        return subtopologies.Sum(s => Partitions(exchange.View, s)) > options.MaxPartitions ? Error(exchange, ErrorCode.StreamsInvalidTopology, PartitionLimit.Text(options))
            : made.Exists(t => ThrottledReplicas.AreIn(t.List("topicConfigs").Select(c => c.Text("key")))) ? Error(exchange, ErrorCode.StreamsInvalidTopology, ThrottledReplicas.Refusal)
            : null;
    }

    /// <summary>Of internal topics; those without a number get the largest that a source has.</summary>
    private static long Partitions(TenantView view, Node subtopology)
    {
        var sources = Topology.Names(subtopology).Select(n => view.Find(Encoding.UTF8.GetBytes(n)) is { } topic && view.State.Topics.TryGetValue(topic.PhysicalName, out var found) ? found.Partitions : 1);
        var made = Topology.Internal(subtopology).Select(t => (long)t.Get<int>("partitions")).ToList();
        var largest = Math.Max(sources.DefaultIfEmpty(1).Max(), made.DefaultIfEmpty(0).Max());
        return made.Sum(n => n > 0 ? n : largest);
    }

    /// <summary>An internal topic is the tenant's own; one that is not there yet will be made.</summary>
    private static bool MayHave(Exchange exchange, string name) =>
        exchange.View.Cluster.Kind == VirtualClusterKind.Standard
        && exchange.View.Find(Encoding.UTF8.GetBytes(name)) is { Permission: null } topic
        && (exchange.View.State.Topics.ContainsKey(topic.PhysicalName)
            || exchange.Access.Allows(Operation.Create, ResourceType.Cluster, "kafka-cluster") || exchange.Access.Allows(Operation.Create, ResourceType.Topic, name));
}

/// <summary>StreamsGroupDescribe: a group with a topic that the caller may not describe is refused whole, as a broker does.</summary>
public sealed class StreamsGroupDescribeApi() : GroupBatchApi(ApiKey.StreamsGroupDescribe, "groupIds", "groups")
{
    protected override void ShowGroup(Exchange exchange, TenantView view, Node group)
    {
        group.List("members").ForEach(m => ShowMember(m, view));
        var subtopologies = group.Struct("topology")?.List("subtopologies") ?? [];
        subtopologies.ForEach(s => Topology.Rename(s, n => Topology.Text(view.MembershipNameBack(Encoding.UTF8.GetBytes(n)))));
        if (group.Struct("topologyDescription") is { } description)
        {
            Topology.RenameDescription(description, n => Topology.Text(view.MembershipNameBack(Encoding.UTF8.GetBytes(n))));
        }

        var access = new Access(exchange.Session, view.Cluster);
        if (subtopologies.SelectMany(Topology.Names).Any(n => !access.Allows(exchange.Right.Topic!.Value, ResourceType.Topic, n)))
        {
            HideGroup(group.Set("topology", null).Set("topologyDescription", null).Set("topologyDescriptionStatus", (sbyte)0).Set("assignorName", null));
        }
    }
}

/// <summary>StreamsGroupTopologyDescriptionUpdate: the broker keeps the description for StreamsGroupDescribe and does nothing by its names.</summary>
public sealed class StreamsGroupTopologyDescriptionUpdateApi : NodeApi
{
    public override ApiKey Key => ApiKey.StreamsGroupTopologyDescriptionUpdate;

    public override Node? Request(Exchange exchange, Node request)
    {
        var group = request.Text("groupId")!;
        if (exchange.Access.CheckGroup(exchange.Right.Group!.Value, group) is var denied and not ErrorCode.None)
        {
            return Error(exchange, denied);
        }

        if (group.Length == 0)
        {
            return GroupHeartbeatApi.EmptyGroup(exchange);
        }

        request.Set("groupId", Prefixed(exchange, group));
        MemberIds.ToBroker(request, "memberId", exchange.View.Cluster);
        Topology.RenameDescription(request.Struct("topologyDescription")!, n => Topology.Text(exchange.View.MembershipName(Encoding.UTF8.GetBytes(n))));
        return null;
    }

    public override void Response(Exchange exchange, TenantView view, Node answer) => CleanError(answer, view);
}

/// <summary>Where a Kafka Streams topology names topics.</summary>
internal static class Topology
{
    private static readonly string[] NameLists = ["sourceTopics", "repartitionSinkTopics"];
    private static readonly string[] InternalLists = ["stateChangelogTopics", "repartitionSourceTopics"];

    /// <summary>Topics that the broker makes.</summary>
    public static IEnumerable<Node> Internal(Node subtopology) => InternalLists.SelectMany(subtopology.List);

    public static IEnumerable<string> Names(Node subtopology) =>
        NameLists.SelectMany(subtopology.Values).Select(n => (string)n!).Concat(Internal(subtopology).Select(t => t.Text("name")!));

    public static void Rename(Node subtopology, Func<string, string> name)
    {
        foreach (var list in NameLists)
        {
            subtopology.Set(list, subtopology.Values(list).ConvertAll(n => (object?)name((string)n!)));
        }

        foreach (var topic in Internal(subtopology))
        {
            topic.Set("name", name(topic.Text("name")!));
        }
    }

    public static void RenameDescription(Node description, Func<string, string> name)
    {
        var nodes = description.List("subtopologies").SelectMany(s => s.List("nodes"))
            .Concat(description.List("globalStores").SelectMany(g => new[] { g.Struct("source")!, g.Struct("processor")! }));
        foreach (var node in nodes)
        {
            node.Set("sourceTopics", node.Values("sourceTopics").ConvertAll(n => (object?)name((string)n!)));
            if (node.Text("sinkTopic") is { } sink)
            {
                node.Set("sinkTopic", name(sink));
            }
        }
    }

    public static void Show(Node node, string field, TenantView view) => node.Set(field, Text(view.MembershipNameBack(Encoding.UTF8.GetBytes(node.Text(field)!))));

    public static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);
}
