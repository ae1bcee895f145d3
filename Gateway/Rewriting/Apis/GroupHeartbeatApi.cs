using System.Runtime.CompilerServices;
using System.Text;
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

    /// <summary>Names that are remembered for a member; whoever names more and an expression later, names them again.</summary>
    private const int MaximumNames = 10_000;

    /// <summary>Expressions that are evaluated at once, of each virtual cluster one.</summary>
    private static readonly SemaphoreSlim Evaluations = new(Math.Max(1, Environment.ProcessorCount / 2));
    private static readonly ConditionalWeakTable<object, SemaphoreSlim> EvaluationsOf = [];

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
        MemberIds.ToBroker(request, "memberId", exchange.View.Cluster);
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

        var before = epoch == 0 ? new Membership(exchange.View.Cluster) : memberships.Find(exchange.View, group, member);
        if (before is null)
        {
            return MustJoinAgain(exchange);
        }

        return Subscribe(exchange, request, new Heartbeat(group, member, before));
    }

    public override ValueTask<Node?> RequestAsync(Exchange exchange, Node request, CancellationToken cancellationToken) =>
        EvaluatesExpression(exchange, request) ? InItsTurnAsync(exchange, request, cancellationToken) : base.RequestAsync(exchange, request, cancellationToken);

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        CleanError(answer, view);
        MemberIds.ToClient(answer, "memberId", view.Cluster);
        var strangers = new List<Guid>();
        foreach (var partitions in answer.Struct("assignment")?.List("topicPartitions") ?? [])
        {
            var id = partitions.Get<Guid>("topicId");
            if (view.FindPhysicalId(id) is { } known)
            {
                partitions.Set("topicId", known.VirtualId);
                continue;
            }

            exchange.WantsFreshLook = true;
            strangers.Add(id);
            partitions.Set("topicId", view.StrangerId(id));
        }

        if (answer.Get<short>("errorCode") == 0 && exchange.State is Heartbeat heartbeat)
        {
            var member = heartbeat.Member.Length > 0 ? heartbeat.Member : answer.Text("memberId") ?? "";
            var isAssigned = answer.Struct("assignment") is not null;
            memberships.Put(view.Cluster, heartbeat.Group, member, heartbeat.After with { Strangers = isAssigned ? strangers : heartbeat.After.Strangers });
        }
    }

    /// <summary>With the prefix before it, an empty name would no longer be empty to the broker.</summary>
    internal static Node EmptyGroup(Exchange exchange) => Error(exchange, ErrorCode.InvalidRequest, "GroupId can't be empty.");

    internal static Node MustJoinAgain(Exchange exchange) =>
        Error(exchange, ErrorCode.FencedMemberEpoch, "This node does not know the member, or the names of topics changed: it must join again.");

    private bool EvaluatesExpression(Exchange exchange, Node request) =>
        request.Has(Expression) && request.Get<int>("memberEpoch") >= 0
        && (request.Text(Expression) is { Length: > 0 }
            || (memberships.Find(exchange.View, request.Text("groupId")!, request.Text("memberId")!) is { Expression: not null } member && !IsExpandedOver(member, exchange.View)));

    /// <summary>In the pool, and not all at once: a costly expression would keep those waiting who are served by the same loop, many of them the whole node.</summary>
    private async ValueTask<Node?> InItsTurnAsync(Exchange exchange, Node request, CancellationToken cancellationToken)
    {
        var ofTenant = EvaluationsOf.GetValue(exchange.View.Cluster.Lineage, static _ => new SemaphoreSlim(1));
        await ofTenant.WaitAsync(cancellationToken);
        try
        {
            await Evaluations.WaitAsync(cancellationToken);
            try
            {
                await Task.Yield();
                var isAsItWas = exchange.Session.VirtualCluster.Current is { } now && exchange.View.Cluster.GivesTheSameAs(now);
                return isAsItWas ? Request(exchange, request) : MustJoinAgain(exchange);
            }
            finally
            {
                Evaluations.Release();
            }
        }
        finally
        {
            ofTenant.Release();
        }
    }

    private static Node? Subscribe(Exchange exchange, Node request, Heartbeat heartbeat)
    {
        exchange.State = heartbeat;
        var (before, after) = (heartbeat.Before, heartbeat.Before);
        if (request.Has(Expression) && request.Text(Expression) is { } text)
        {
            after = after with { Expression = null, Expanded = null, Over = null };
            if (text.Length > 0)
            {
                if (TopicExpression.Parse(text, out var problem) is not { } expression)
                {
                    return Error(exchange, ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex is not valid: {problem}");
                }

                // The broker is told names only.
                after = after with { Expression = expression };
                request.Set(Expression, "");
            }
        }

        var isNamed = !request.IsNull(Names);
        if (isNamed)
        {
            after = after with { Names = request.Values(Names).ConvertAll(n => (string)n!) };
        }
        else if (exchange.View.Names is not null)
        {
            // What the member does not repeat, it still calls so: the assignment comes by ids.
            before.Names.ForEach(n => exchange.View.Find(Encoding.UTF8.GetBytes(n)));
        }

        if (after.Expression is not null && !IsExpandedOver(after, exchange.View))
        {
            if (TryExpand(exchange, after.Expression) is not { } names)
            {
                return Error(exchange, ErrorCode.InvalidRegularExpression, "SubscribedTopicRegex is not valid: it takes too long to evaluate.");
            }

            after = after with { Expanded = after.Expanded is { } same && names.SequenceEqual(same) ? same : names, Over = new WeakReference<TenantView>(exchange.View.Shared) };
        }

        if (isNamed || after.Expanded != before.Expanded)
        {
            request.Set(Names, after.Names.Concat(after.Expanded ?? []).Distinct(StringComparer.Ordinal)
                .Select(n => (object?)Encoding.UTF8.GetString(exchange.View.MembershipName(Encoding.UTF8.GetBytes(n)))).ToList());
        }

        // An expression may come later, beside names that were given before.
        heartbeat.After = after.Names.Count <= MaximumNames ? after : after with { Names = [] };
        return null;
    }

    private static bool IsExpandedOver(Membership membership, TenantView view) =>
        membership.Expanded is not null && membership.Over is { } over && over.TryGetTarget(out var then) && then == view.Shared;

    /// <summary>What an expression stands for now; null: it takes too long.</summary>
    private static List<string>? TryExpand(Exchange exchange, TopicExpression expression)
    {
        var access = exchange.Access;
        return expression.Among(exchange.View.Topics().Select(t => t.Name))?.Where(n => access.CheckTopic(Operation.Describe, n, exchange.View.Find(Encoding.UTF8.GetBytes(n))) == ErrorCode.None)
            .Order(StringComparer.Ordinal).ToList();
    }

    /// <summary>One heartbeat, until the broker has taken it.</summary>
    private sealed record Heartbeat(string Group, string Member, Membership Before)
    {
        public Membership After { get; set; } = Before;
    }

    private static Guid Physical(Exchange exchange, Guid id)
    {
        var found = exchange.View.FindId(id);
        exchange.WantsFreshLook |= found is null;
        return found?.PhysicalId ?? exchange.AddDecoy(id, ErrorCode.UnknownTopicId);
    }
}

public sealed class ConsumerGroupHeartbeatApi(GroupMemberships memberships) : GroupHeartbeatApi(ApiKey.ConsumerGroupHeartbeat, memberships);

public sealed class ShareGroupHeartbeatApi(GroupMemberships memberships) : GroupHeartbeatApi(ApiKey.ShareGroupHeartbeat, memberships);
