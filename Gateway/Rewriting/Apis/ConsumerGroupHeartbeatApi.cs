using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>ConsumerGroupHeartbeat: subscriptions by name, assignments by id. One topic that may not be described refuses it whole.</summary>
public sealed class ConsumerGroupHeartbeatApi : NodeApi
{
    private const int LeavingOrJoining = 0;
    private const short FencedMemberEpoch = 110;

    public override ApiKey Key => ApiKey.ConsumerGroupHeartbeat;

    public override Node? Request(Exchange exchange, Node request)
    {
        var group = request.Text("groupId")!;
        var error = exchange.Access.CheckGroup(exchange.Right.Group!.Value, group);
        if (error != ErrorCode.None)
        {
            return Error(exchange, error);
        }

        if (group.Length == 0)
        {
            // With the prefix before it, it would no longer be empty to the broker.
            return Error(exchange, ErrorCode.InvalidRequest, "GroupId can't be empty.");
        }

        if (request.Text("subscribedTopicRegex") is { Length: > 0 })
        {
            return Error(exchange, ErrorCode.InvalidRegularExpression, "Subscriptions by regular expression are not supported here: name the topics, or use a pattern that the client evaluates.");
        }

        var full = request.Get<int>("memberEpoch") <= LeavingOrJoining;
        if (!exchange.Memory.IsMembershipCurrent(group, request.Text("memberId")!, full, exchange.View.Cluster))
        {
            return Error(exchange, (ErrorCode)FencedMemberEpoch, "The names of topics changed: the member must join again.");
        }

        request.Set("groupId", Prefixed(exchange, group));
        if (!request.IsNull("subscribedTopicNames"))
        {
            var names = request.Values("subscribedTopicNames").ConvertAll(n => (string)n!);
            if (names.Exists(n => !exchange.Access.Allows(Operation.Describe, ResourceType.Topic, n)))
            {
                return Error(exchange, ErrorCode.TopicAuthorizationFailed, "A topic of the subscription may not be described.");
            }

            request.Set("subscribedTopicNames", names.ConvertAll(n => (object?)Encoding.UTF8.GetString(exchange.View.MembershipName(Encoding.UTF8.GetBytes(n)))));
        }

        if (!request.IsNull("topicPartitions"))
        {
            request.List("topicPartitions").ForEach(t => t.Set("topicId", Physical(exchange, t.Get<Guid>("topicId"))));
        }

        return null;
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        CleanError(answer, view);
        foreach (var partitions in answer.Struct("assignment")?.List("topicPartitions") ?? [])
        {
            var id = partitions.Get<Guid>("topicId");
            var known = view.FindPhysicalId(id);
            exchange.MetUnknownTopicId |= known is null;
            partitions.Set("topicId", known?.VirtualId ?? view.StrangerId(id));
        }
    }

    private static Guid Physical(Exchange exchange, Guid id)
    {
        var found = exchange.View.FindId(id);
        exchange.MetUnknownTopicId |= found is null;
        return found?.PhysicalId ?? exchange.AddDecoy(id, ErrorCode.UnknownTopicId);
    }
}
