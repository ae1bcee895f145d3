using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>OffsetFetch: one group or, from version 8 on, several; a null list of topics means all, so its answer is filtered.</summary>
public sealed class OffsetFetchApi : NodeApi
{
    private const short FirstBatchVersion = 8;
    private const short FirstIdVersion = 10;

    public override ApiKey Key => ApiKey.OffsetFetch;

    public override Node? Request(Exchange exchange, Node request)
    {
        if (exchange.Version < FirstBatchVersion)
        {
            var group = request.Text("groupId")!;
            var error = exchange.Access.CheckGroup(Operation.Describe, group);
            if (error != ErrorCode.None)
            {
                return exchange.Version >= 2 ? Error(exchange, error) : WithTopicErrors(exchange, request, error);
            }

            request.Set("groupId", Prefixed(exchange, group));
            request.List("topics").ForEach(t => Map(exchange, t, t.Get<object?>("name")));
            return null;
        }

        var refused = new List<string>();
        var allowed = new List<Node>();
        foreach (var group in request.List("groups"))
        {
            var name = group.Text("groupId")!;
            if (exchange.Access.CheckGroup(Operation.Describe, name) != ErrorCode.None)
            {
                refused.Add(name);
                continue;
            }

            group.Set("groupId", Prefixed(exchange, name));
            MemberIds.ToBroker(group, "memberId", exchange.View.Cluster);
            group.List("topics").ForEach(t => Map(exchange, t, exchange.Version >= FirstIdVersion ? t.Get<Guid>("topicId") : t.Text("name")));
            allowed.Add(group);
        }

        exchange.State = refused;
        request.Set("groups", allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        if (exchange.Version < FirstBatchVersion)
        {
            ShowTopics(exchange, view, answer);
            return;
        }

        foreach (var group in answer.List("groups"))
        {
            group.Set("groupId", Unprefixed(view, group.Text("groupId")) ?? throw new ConnectionRefusedException("A group in an answer is not the tenant's."));
            ShowTopics(exchange, view, group);
        }

        WithRefused(answer, (List<string>)exchange.State!);
    }

    private static Node WithTopicErrors(Exchange exchange, Node request, ErrorCode error)
    {
        var answer = AnswerOf(exchange);
        foreach (var topic in request.List("topics"))
        {
            var shown = answer.NewChild("topics").Set("name", topic.Text("name"));
            foreach (var partition in topic.Values("partitionIndexes"))
            {
                shown.List("partitions").Add(shown.NewChild("partitions").Set("partitionIndex", partition).Set("committedOffset", -1L).Set("errorCode", (short)error));
            }

            answer.List("topics").Add(shown);
        }

        return answer;
    }

    private static Node WithRefused(Node answer, List<string> refused)
    {
        foreach (var group in refused)
        {
            answer.List("groups").Add(answer.NewChild("groups").Set("groupId", group).Set("errorCode", (short)ErrorCode.GroupAuthorizationFailed));
        }

        return answer;
    }

    private static void Map(Exchange exchange, Node topic, object? key)
    {
        if (key is string name)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var found = exchange.View.Find(utf8);
            var error = exchange.Access.CheckTopic(Operation.Describe, name, found);
            topic.Set("name", error == ErrorCode.None ? found!.PhysicalName : Encoding.UTF8.GetString(exchange.AddDecoy(utf8, error)));
            return;
        }

        var id = (Guid)key!;
        var byId = exchange.View.FindId(id);
        var idError = byId is null ? ErrorCode.UnknownTopicId : exchange.Access.CheckTopic(Operation.Describe, byId.Value.Topic.Name, byId.Value.Topic);
        exchange.WantsFreshLook |= byId is null;
        topic.Set("topicId", idError == ErrorCode.None ? byId!.Value.PhysicalId : exchange.AddDecoy(id, idError));
    }

    private static void ShowTopics(Exchange exchange, TenantView view, Node parent) =>
        parent.Set("topics", parent.List("topics").Where(t => ShowTopic(exchange, view, t)).ToList());

    private static bool ShowTopic(Exchange exchange, TenantView view, Node topic)
    {
        var byId = exchange.Version >= FirstIdVersion;
        var utf8 = byId ? [] : Encoding.UTF8.GetBytes(topic.Text("name")!);
        var id = byId ? topic.Get<Guid>("topicId") : Guid.Empty;
        if ((byId ? exchange.FindDecoy(id) : exchange.FindDecoy(utf8)) is { } decoy)
        {
            topic.Set(byId ? "topicId" : "name", byId ? decoy.Id : Encoding.UTF8.GetString(decoy.NameUtf8));

            // By name, brokers say of what is not there only that it has no offset.
            var error = !byId && decoy.Error == ErrorCode.UnknownTopicOrPartition ? ErrorCode.None : decoy.Error;
            topic.List("partitions").ForEach(p => p.Set("errorCode", (short)error));
            return true;
        }

        var found = byId ? view.FindPhysicalId(id)?.Topic : view.FindPhysical(utf8);
        if (found is null || new Access(exchange.Session, view.Cluster).CheckTopic(Operation.Describe, found.Name, found) != ErrorCode.None)
        {
            return false;
        }

        topic.Set(byId ? "topicId" : "name", byId ? view.VirtualId(found, id) : found.Name);
        return true;
    }
}
