using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>
/// DescribeTopicPartitions: pages in the order of physical names, which a client never compares with its own: it hands the cursor back as it is.
/// </summary>
public sealed class DescribeTopicPartitionsApi(BrokerAddresses addresses) : NodeApi
{
    public override ApiKey Key => ApiKey.DescribeTopicPartitions;

    public override Node? Request(Exchange exchange, Node request)
    {
        var asked = request.List("topics").ConvertAll(t => t.Text("name")!);
        var all = asked.Count == 0;
        var refused = new List<(string Name, ErrorCode Error)>();
        var allowed = new List<Node>();
        foreach (var name in all ? exchange.View.Topics().Select(t => t.Name) : asked)
        {
            var topic = exchange.View.Find(Encoding.UTF8.GetBytes(name));
            var error = exchange.Access.CheckTopic(Operation.Describe, name, topic);
            if (error == ErrorCode.None)
            {
                allowed.Add(request.NewChild("topics").Set("name", topic!.PhysicalName));
            }
            else if (!all)
            {
                refused.Add((name, error));
            }
        }

        exchange.State = refused;
        request.Set("topics", allowed);
        if (request.Struct("cursor") is { } cursor)
        {
            // Refused topics were told of on the first page.
            refused.Clear();
            cursor.Set("topicName", exchange.View.Find(Encoding.UTF8.GetBytes(cursor.Text("topicName")!))?.PhysicalName ?? exchange.View.Cluster.Prefix);
        }

        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var access = new Access(exchange.Session, view.Cluster);
        var shown = new List<Node>();
        foreach (var topic in answer.List("topics"))
        {
            var found = topic.Text("name") is { } name ? view.FindPhysical(Encoding.UTF8.GetBytes(name)) : null;
            if (found is null || access.CheckTopic(Operation.Describe, found.Name, found) != ErrorCode.None)
            {
                continue;
            }

            topic.Set("name", found.Name).Set("topicId", view.VirtualId(found, topic.Get<Guid>("topicId")));
            topic.Set("topicAuthorizedOperations", access.Operations(ResourceType.Topic, found.Name, found));
            topic.List("partitions").ForEach(p => Partitions.Show(p, addresses, view.Cluster.PhysicalCluster));
            shown.Add(topic);
        }

        answer.Set("topics", shown);
        if (answer.Struct("nextCursor") is { } cursor)
        {
            var next = view.FindPhysical(Encoding.UTF8.GetBytes(cursor.Text("topicName")!));
            answer.Set("nextCursor", next is null ? null : cursor.Set("topicName", next.Name));
        }

        WithRefused(answer, (List<(string, ErrorCode)>)exchange.State!);
    }

    private static Node WithRefused(Node answer, List<(string Name, ErrorCode Error)> refused)
    {
        foreach (var (name, error) in refused)
        {
            answer.List("topics").Add(answer.NewChild("topics").Set("name", name).Set("errorCode", (short)error));
        }

        return answer;
    }
}
