using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>DeleteTopics of the tenant's own, by name or (from version 6 on) by id. What a share stands for is never deleted.</summary>
public sealed class DeleteTopicsApi(ClusterDirectory clusters) : NodeApi
{
    private const short FirstVersionWithIds = 6;

    public override ApiKey Key => ApiKey.DeleteTopics;

    public override Node? Request(Exchange exchange, Node request)
    {
        var asked = new Asked([], []);
        exchange.State = asked;
        var seen = new HashSet<(string? Name, Guid Id)>();
        if (exchange.Version < FirstVersionWithIds)
        {
            var names = request.Values("topicNames").ConvertAll(n => (string)n!);
            var twice = names.FindAll(n => !seen.Add((n, Guid.Empty))).ToHashSet(StringComparer.Ordinal);
            request.Set("topicNames", names.Where(n => IsProper(asked, n, Guid.Empty, twice.Contains(n))).Select(n => (object?)ByName(exchange, asked, n)).Where(n => n is not null).ToList());
            return request.Values("topicNames").Count > 0 ? null : WithRefused(exchange, AnswerOf(exchange), asked);
        }

        var items = request.List("topics");
        var doubled = items.Select(KeyOf).Where(k => !seen.Add(k)).ToHashSet();
        var allowed = new List<Node>();
        foreach (var item in items)
        {
            var (name, id) = KeyOf(item);
            if (IsProper(asked, name, id, doubled.Contains((name, id)))
                && (name is not null ? ByName(exchange, asked, name) is { } physical && item.Set("name", physical) is not null : ById(exchange, asked, item)))
            {
                allowed.Add(item);
            }
        }

        request.Set("topics", allowed);
        return allowed.Count > 0 ? null : WithRefused(exchange, AnswerOf(exchange), asked);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var asked = (Asked)exchange.State!;
        foreach (var result in answer.List("responses"))
        {
            var id = result.Get<Guid>("topicId");
            if (asked.ById.TryGetValue(id, out var known))
            {
                result.Set("name", result.Text("name") is null ? null : known.Topic.Name).Set("topicId", known.VirtualId);
            }
            else
            {
                var topic = (result.Text("name") is { } name ? view.FindPhysical(Encoding.UTF8.GetBytes(name)) : null)
                    ?? throw new ConnectionRefusedException("A topic in an answer is not the tenant's.");
                result.Set("name", topic.Name).Set("topicId", view.VirtualId(topic, id));
            }

            CleanError(result, view);
        }

        WithRefused(exchange, answer, asked);
        clusters.Find(view.Cluster.PhysicalCluster)?.Refresh();
    }

    private static (string? Name, Guid Id) KeyOf(Node item) => (item.Text("name"), item.Get<Guid>("topicId"));

    /// <summary>As a broker, before any right is looked at: each topic once, by its name or by its id.</summary>
    private static bool IsProper(Asked asked, string? name, Guid id, bool isDoubled)
    {
        var isOne = name is null != (id == Guid.Empty);
        if (!isOne || (isDoubled && !asked.Refused.Contains((name, id, ErrorCode.InvalidRequest))))
        {
            asked.Refused.Add((name, id, ErrorCode.InvalidRequest));
        }

        return isOne && !isDoubled;
    }

    private static string? ByName(Exchange exchange, Asked asked, string name)
    {
        var topic = exchange.View.Find(Encoding.UTF8.GetBytes(name));
        var error = Check(exchange, name, topic, byName: true);
        if (error != ErrorCode.None)
        {
            asked.Refused.Add((name, Guid.Empty, error));
        }

        return error == ErrorCode.None ? topic!.PhysicalName : null;
    }

    private static bool ById(Exchange exchange, Asked asked, Node item)
    {
        var id = item.Get<Guid>("topicId");
        if (exchange.View.FindId(id) is not { } found)
        {
            exchange.WantsFreshLook = true;
            asked.Refused.Add((null, id, ErrorCode.UnknownTopicId));
            return false;
        }

        var error = Check(exchange, found.Topic.Name, found.Topic, byName: false);
        if (error != ErrorCode.None)
        {
            // As a broker does: the name is told to those who may describe it.
            var mayDescribe = exchange.Access.CheckTopic(Operation.Describe, found.Topic.Name, found.Topic) == ErrorCode.None;
            asked.Refused.Add((mayDescribe ? found.Topic.Name : null, id, error));
            return false;
        }

        asked.ById[found.PhysicalId] = (found.Topic, id);
        item.Set("topicId", found.PhysicalId);
        return true;
    }

    /// <summary>
    /// As a broker: who may delete on the cluster may delete every topic. By its name, a topic must be one that may be described, too, and those who may do
    /// that and no more are told whether it is there.
    /// </summary>
    private static ErrorCode Check(Exchange exchange, string name, TenantTopic? topic, bool byName)
    {
        var (access, right) = (exchange.Access, exchange.Right);
        var describe = byName ? access.CheckTopic(Operation.Describe, name, topic) : ErrorCode.None;
        var delete = access.CheckTopic(right.Topic!.Value, name, topic);
        return topic is not null && access.Allows(right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster") ? OfShare(topic)
            : describe != ErrorCode.None ? describe
            : delete == ErrorCode.None ? OfShare(topic!)
            : byName && topic is not null && !exchange.View.State.Topics.ContainsKey(topic.PhysicalName) ? ErrorCode.UnknownTopicOrPartition
            : delete;
    }

    private static ErrorCode OfShare(TenantTopic topic) => topic.Permission is null ? ErrorCode.None : ErrorCode.TopicAuthorizationFailed;

    private static Node WithRefused(Exchange exchange, Node answer, Asked asked)
    {
        foreach (var (name, id, error) in asked.Refused)
        {
            // Before version 6 a name is never null.
            answer.List("responses").Add(answer.NewChild("responses")
                .Set("name", exchange.Version < FirstVersionWithIds ? name ?? "" : name).Set("topicId", id).Set("errorCode", (short)error));
        }

        return answer;
    }

    private sealed record Asked(List<(string? Name, Guid Id, ErrorCode Error)> Refused, Dictionary<Guid, (TenantTopic Topic, Guid VirtualId)> ById);
}
