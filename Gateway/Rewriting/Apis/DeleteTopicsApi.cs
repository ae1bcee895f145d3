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
        if (exchange.Version < FirstVersionWithIds)
        {
            request.Set("topicNames", request.Values("topicNames").Select(n => (object?)ByName(exchange, asked, (string)n!)).Where(n => n is not null).ToList());
            return request.Values("topicNames").Count > 0 ? null : WithRefused(exchange, AnswerOf(exchange), asked);
        }

        var allowed = new List<Node>();
        foreach (var item in request.List("topics"))
        {
            if (item.Text("name") is { } name ? ByName(exchange, asked, name) is { } physical && item.Set("name", physical) is not null : ById(exchange, asked, item))
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

    private static string? ByName(Exchange exchange, Asked asked, string name)
    {
        var topic = exchange.View.Find(Encoding.UTF8.GetBytes(name));
        var error = Check(exchange, name, topic);
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
            exchange.MetUnknownTopicId = true;
            asked.Refused.Add((null, id, ErrorCode.UnknownTopicId));
            return false;
        }

        var error = Check(exchange, found.Topic.Name, found.Topic);
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

    private static ErrorCode Check(Exchange exchange, string name, TenantTopic? topic)
    {
        var error = exchange.Access.CheckTopic(exchange.Right.Topic!.Value, name, topic);
        return error == ErrorCode.None && topic!.Permission is not null ? ErrorCode.TopicAuthorizationFailed : error;
    }

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
