using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>ListGroups: the tenant's own groups that the caller may describe.</summary>
public sealed class ListGroupsApi : NodeApi
{
    public override ApiKey Key => ApiKey.ListGroups;

    public override Node? Request(Exchange exchange, Node request) => null;

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var access = new Access(exchange.Session, view.Cluster);
        var all = access.Allows(Operation.Describe, ResourceType.Cluster, "kafka-cluster");
        answer.Set("groups", answer.List("groups").Where(group =>
        {
            var name = Unprefixed(view, group.Text("groupId"));
            group.Set("groupId", name);
            return name is not null && (all || access.CheckGroup(Operation.Describe, name) == ErrorCode.None);
        }).ToList());
    }
}

/// <summary>An API that names several groups in one request, each with an answer of its own: refused ones are answered here.</summary>
/// <param name="key">The API.</param>
/// <param name="requestField">List of group ids in the request.</param>
/// <param name="responseField">List of structs with <c>groupId</c> and <c>errorCode</c> in the answer.</param>
public abstract class GroupBatchApi(ApiKey key, string requestField, string responseField) : NodeApi
{
    public override ApiKey Key => key;

    public override Node? Request(Exchange exchange, Node request)
    {
        var operations = request.Has("includeAuthorizedOperations") && request.Get<bool>("includeAuthorizedOperations");
        var refused = new List<string>();
        var allowed = new List<object?>();
        foreach (var group in request.Values(requestField).Select(g => (string)g!))
        {
            if (exchange.Access.CheckGroup(exchange.Right.Group!.Value, group) == ErrorCode.None)
            {
                allowed.Add(Prefixed(exchange, group));
            }
            else
            {
                refused.Add(group);
            }
        }

        request.Set(requestField, allowed);
        exchange.State = new Asked(refused, operations);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var asked = (Asked)exchange.State!;
        var access = new Access(exchange.Session, view.Cluster);
        foreach (var group in answer.List(responseField))
        {
            var name = Unprefixed(view, group.Text("groupId")) ?? throw new ConnectionRefusedException("A group in an answer is not the tenant's.");
            group.Set("groupId", name);
            CleanError(group, view);
            if (group.Has("authorizedOperations"))
            {
                var told = asked.Operations && group.Get<short>("errorCode") == (short)ErrorCode.None;
                group.Set("authorizedOperations", told ? access.Operations(ResourceType.Group, name) : Access.NotAsked);
            }

            ShowGroup(exchange, view, group);
        }

        WithRefused(answer, asked.Refused);
    }

    protected virtual void ShowGroup(Exchange exchange, TenantView view, Node group)
    {
    }

    /// <summary>Who a member is: its address is the gateway's towards the broker, and left out.</summary>
    protected static void ShowMember(Node member, TenantView view)
    {
        MemberIds.ToClient(member, "memberId", view.Cluster);
        member.Set("clientId", Unprefixed(view, member.Text("clientId")) ?? "").Set("clientHost", "");
    }

    /// <summary>What is told of a group of the newer protocols with a topic that the caller may not describe.</summary>
    protected static void HideGroup(Node group) => group
        .Set("errorCode", (short)ErrorCode.TopicAuthorizationFailed).Set("errorMessage", "The group has topics that may not be described.")
        .Set("groupState", "").Set("groupEpoch", 0).Set("assignmentEpoch", 0).Set("members", new List<Node>()).Set("authorizedOperations", Access.NotAsked);

    private Node WithRefused(Node answer, List<string> refused)
    {
        foreach (var group in refused)
        {
            answer.List(responseField).Add(answer.NewChild(responseField).Set("groupId", group).Set("errorCode", (short)ErrorCode.GroupAuthorizationFailed));
        }

        return answer;
    }

    private sealed record Asked(List<string> Refused, bool Operations);
}

public sealed class DeleteGroupsApi() : GroupBatchApi(ApiKey.DeleteGroups, "groupsNames", "results");

/// <summary>DescribeGroups: names inside members' bytes are the tenant's.</summary>
public sealed class DescribeGroupsApi() : GroupBatchApi(ApiKey.DescribeGroups, "groups", "groups")
{
    protected override void ShowGroup(Exchange exchange, TenantView view, Node group)
    {
        foreach (var member in group.List("members"))
        {
            ShowMember(member, view);
            if (group.Text("protocolType") == ConsumerProtocol.Type)
            {
                Show(member, "memberMetadata", Meaning.ConsumerSubscription, view);
                Show(member, "memberAssignment", Meaning.ConsumerAssignment, view);
            }
        }
    }

    private static void Show(Node member, string field, Meaning meaning, TenantView view)
    {
        var replacement = ConsumerProtocol.ToClient(meaning, member.Get<byte[]>(field), view);
        if (replacement.Changes)
        {
            member.Set(field, replacement.Bytes);
        }
    }
}

/// <summary>Groups whose members have assignments: one with a topic that the caller may not describe is refused whole, as a broker does.</summary>
public abstract class AssignedGroupDescribeApi(ApiKey key) : GroupBatchApi(key, "groupIds", "groups")
{
    private static readonly string[] Assignments = ["assignment", "targetAssignment"];

    protected override void ShowGroup(Exchange exchange, TenantView view, Node group)
    {
        var access = new Access(exchange.Session, view.Cluster);
        foreach (var member in group.List("members"))
        {
            ShowMember(member, view);
            member.Set("subscribedTopicNames", member.Values("subscribedTopicNames")
                .Select(n => (object?)Encoding.UTF8.GetString(view.MembershipNameBack(Encoding.UTF8.GetBytes((string)n!)))).ToList());
            foreach (var partitions in Assignments.Where(member.Has).SelectMany(a => member.Struct(a)!.List("topicPartitions")))
            {
                var topic = view.FindPhysical(Encoding.UTF8.GetBytes(partitions.Text("topicName")!));
                if (topic is null || access.CheckTopic(exchange.Right.Topic!.Value, topic.Name, topic) != ErrorCode.None)
                {
                    HideGroup(group.Set("assignorName", ""));
                    return;
                }

                partitions.Set("topicName", topic.Name).Set("topicId", view.VirtualId(topic, partitions.Get<Guid>("topicId")));
            }
        }
    }
}

public sealed class ConsumerGroupDescribeApi() : AssignedGroupDescribeApi(ApiKey.ConsumerGroupDescribe);

public sealed class ShareGroupDescribeApi() : AssignedGroupDescribeApi(ApiKey.ShareGroupDescribe);
