using System.Text;
using System.Text.RegularExpressions;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>
/// Heartbeats of consumer and share groups: subscriptions by name, assignments by id. One topic that may not be described refuses it whole. A
/// regular expression becomes the names that it stands for, and is looked at again with every heartbeat (docs/decisions/0038).
/// </summary>
public abstract class GroupHeartbeatApi(ApiKey key, GroupMemberships memberships) : NodeApi
{
    private const string Names = "subscribedTopicNames";
    private const string Expression = "subscribedTopicRegex";

    public override ApiKey Key => key;

    public override Node? Request(Exchange exchange, Node request)
    {
        var group = request.Text("groupId")!;
        if (exchange.Access.CheckGroup(exchange.Right.Group!.Value, group) is var denied and not ErrorCode.None)
        {
            return Error(exchange, denied);
        }

        if (request.Values(Names).Exists(n => !exchange.Access.Allows(Operation.Describe, ResourceType.Topic, (string)n!)))
        {
            return Error(exchange, ErrorCode.TopicAuthorizationFailed, "A topic of the subscription may not be described.");
        }

        if (group.Length == 0)
        {
            return EmptyGroup(exchange);
        }

        var (member, epoch) = (request.Text("memberId")!, request.Get<int>("memberEpoch"));
        request.Set("groupId", Prefixed(exchange, group));
        if (request.Has("topicPartitions") && !request.IsNull("topicPartitions"))
        {
            request.List("topicPartitions").ForEach(t => t.Set("topicId", Physical(exchange, t.Get<Guid>("topicId"))));
        }

        if (epoch < 0)
        {
            // Whoever leaves subscribes to nothing: what it says of topics is not passed on.
            memberships.Leave(exchange.View.Cluster, group, member);
            request.Set(Names, null);
            if (request.Has(Expression))
            {
                request.Set(Expression, null);
            }

            return null;
        }

        if (JoinOrFind(exchange, group, member, epoch) is not { } membership)
        {
            return MustJoinAgain(exchange);
        }

        var heartbeat = new Heartbeat(group, member, membership) { Told = membership.Expanded, Over = membership.ExpandedOver };
        exchange.State = heartbeat;
        return Subscribe(exchange, request, heartbeat);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        CleanError(answer, view);
        if (answer.Get<short>("errorCode") == 0 && exchange.State is Heartbeat heartbeat)
        {
            (heartbeat.Membership.Expanded, heartbeat.Membership.ExpandedOver) = (heartbeat.Told, heartbeat.Over);
            if (heartbeat.Member.Length == 0 && answer.Text("memberId") is { } given)
            {
                memberships.Add(view.Cluster, heartbeat.Group, given, heartbeat.Membership);
            }
        }

        foreach (var partitions in answer.Struct("assignment")?.List("topicPartitions") ?? [])
        {
            var id = partitions.Get<Guid>("topicId");
            var known = view.FindPhysicalId(id);
            exchange.MetUnknownTopicId |= known is null;
            partitions.Set("topicId", known?.VirtualId ?? view.StrangerId(id));
        }
    }

    /// <summary>With the prefix before it, an empty name would no longer be empty to the broker.</summary>
    internal static Node EmptyGroup(Exchange exchange) => Error(exchange, ErrorCode.InvalidRequest, "GroupId can't be empty.");

    internal static Node MustJoinAgain(Exchange exchange) =>
        Error(exchange, ErrorCode.FencedMemberEpoch, "This node does not know the member, or the names of topics changed: it must join again.");

    private Membership? JoinOrFind(Exchange exchange, string group, string member, int epoch) =>
        epoch == 0 ? memberships.Add(exchange.View.Cluster, group, member, new Membership(exchange.View.Cluster)) : memberships.Find(exchange.View.Cluster, group, member);

    private static Node? Subscribe(Exchange exchange, Node request, Heartbeat heartbeat)
    {
        var membership = heartbeat.Membership;
        if (request.Has(Expression) && request.Text(Expression) is { } text)
        {
            membership.Expression = null;
            membership.Expanded = null;
            heartbeat.Told = null;
            if (text.Length > 0)
            {
                membership.Expression = TopicExpression.Parse(text, out var problem);
                if (membership.Expression is null)
                {
                    return Error(exchange, ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex is not valid: {problem}");
                }

                // The broker is told names only.
                request.Set(Expression, "");
            }
        }

        var isNamed = !request.IsNull(Names);
        if (isNamed)
        {
            membership.Names = request.Values(Names).ConvertAll(n => (string)n!);
        }

        if (!TryExpand(exchange, heartbeat))
        {
            return Error(exchange, ErrorCode.InvalidRegularExpression, "SubscribedTopicRegex is not valid: it takes too long to evaluate.");
        }

        if (isNamed || heartbeat.Told != membership.Expanded)
        {
            request.Set(Names, membership.Names.Concat(heartbeat.Told ?? []).Distinct(StringComparer.Ordinal)
                .Select(n => (object?)Encoding.UTF8.GetString(exchange.View.MembershipName(Encoding.UTF8.GetBytes(n)))).ToList());
        }

        return null;
    }

    /// <summary>Works out what the member's expression stands for now, if anything can have changed since the broker was told.</summary>
    private static bool TryExpand(Exchange exchange, Heartbeat heartbeat)
    {
        var membership = heartbeat.Membership;
        if (membership.Expression is not { } expression || (membership.Expanded is not null && membership.ExpandedOver == exchange.View))
        {
            return true;
        }

        try
        {
            var access = exchange.Access;
            var names = exchange.View.Topics().Where(t => expression.Matches(t.Name) && access.CheckTopic(Operation.Describe, t.Name, t) == ErrorCode.None)
                .Select(t => t.Name).Order(StringComparer.Ordinal).ToList();
            heartbeat.Told = membership.Expanded is { } before && names.SequenceEqual(before) ? before : names;
            heartbeat.Over = exchange.View;
            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>One heartbeat, until the broker has taken it.</summary>
    private sealed class Heartbeat(string group, string member, Membership membership)
    {
        public string Group => group;

        public string Member => member;

        public Membership Membership => membership;

        /// <summary>What the broker knows the expression to stand for, once it has taken this heartbeat.</summary>
        public IReadOnlyList<string>? Told { get; set; }

        public TenantView? Over { get; set; }
    }

    private static Guid Physical(Exchange exchange, Guid id)
    {
        var found = exchange.View.FindId(id);
        exchange.MetUnknownTopicId |= found is null;
        return found?.PhysicalId ?? exchange.AddDecoy(id, ErrorCode.UnknownTopicId);
    }
}

public sealed class ConsumerGroupHeartbeatApi(GroupMemberships memberships) : GroupHeartbeatApi(ApiKey.ConsumerGroupHeartbeat, memberships);

public sealed class ShareGroupHeartbeatApi(GroupMemberships memberships) : GroupHeartbeatApi(ApiKey.ShareGroupHeartbeat, memberships);
