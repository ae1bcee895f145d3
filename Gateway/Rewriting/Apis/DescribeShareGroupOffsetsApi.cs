using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>DescribeShareGroupOffsets: several groups in one request; a null list of topics means all, so its answer is filtered.</summary>
public sealed class DescribeShareGroupOffsetsApi : NodeApi
{
    public override ApiKey Key => ApiKey.DescribeShareGroupOffsets;

    public override Node? Request(Exchange exchange, Node request)
    {
        var refused = new List<string>();
        var allowed = new List<Node>();
        foreach (var group in request.List("groups"))
        {
            var name = group.Text("groupId")!;
            if (exchange.Access.CheckGroup(exchange.Right.Group!.Value, name) != ErrorCode.None)
            {
                refused.Add(name);
                continue;
            }

            group.Set("groupId", Prefixed(exchange, name));
            group.List("topics").ForEach(t => Map(exchange, t));
            allowed.Add(group);
        }

        exchange.State = refused;
        request.Set("groups", allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        foreach (var group in answer.List("groups"))
        {
            group.Set("groupId", Unprefixed(view, group.Text("groupId")) ?? throw new ConnectionRefusedException("A group in an answer is not the tenant's."));
            CleanError(group, view);
            group.Set("topics", group.List("topics").Where(t => Show(exchange, view, t)).ToList());
        }

        WithRefused(answer, (List<string>)exchange.State!);
    }

    private static void Map(Exchange exchange, Node topic)
    {
        var utf8 = Encoding.UTF8.GetBytes(topic.Text("topicName")!);
        var found = exchange.View.Find(utf8);
        var error = exchange.Access.CheckTopic(exchange.Right.Topic!.Value, topic.Text("topicName")!, found);
        topic.Set("topicName", error == ErrorCode.None ? found!.PhysicalName : Encoding.UTF8.GetString(exchange.AddDecoy(utf8, error)));
    }

    private static bool Show(Exchange exchange, TenantView view, Node topic)
    {
        var utf8 = Encoding.UTF8.GetBytes(topic.Text("topicName")!);
        if (exchange.FindDecoy(utf8) is { } decoy)
        {
            topic.Set("topicName", Encoding.UTF8.GetString(decoy.NameUtf8));
            if (decoy.Error != ErrorCode.UnknownTopicOrPartition)
            {
                // What is not there has no offsets, which is no error.
                topic.List("partitions").ForEach(p => p.Set("errorCode", (short)decoy.Error).Set("errorMessage", null));
            }

            return true;
        }

        if (view.FindPhysical(utf8) is not { } found || new Access(exchange.Session, view.Cluster).CheckTopic(exchange.Right.Topic!.Value, found.Name, found) != ErrorCode.None)
        {
            return false;
        }

        topic.Set("topicName", found.Name).Set("topicId", view.VirtualId(found, topic.Get<Guid>("topicId")));
        topic.List("partitions").ForEach(p => CleanError(p, view));
        return true;
    }

    private static Node WithRefused(Node answer, List<string> refused)
    {
        foreach (var group in refused)
        {
            answer.List("groups").Add(answer.NewChild("groups").Set("groupId", group).Set("errorCode", (short)ErrorCode.GroupAuthorizationFailed));
        }

        return answer;
    }
}
