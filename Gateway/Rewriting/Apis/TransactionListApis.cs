using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>DescribeTransactions: the tenant's own, with those of their topics that the caller may describe.</summary>
public sealed class DescribeTransactionsApi : NodeApi
{
    public override ApiKey Key => ApiKey.DescribeTransactions;

    public override Node? Request(Exchange exchange, Node request)
    {
        var refused = new List<string>();
        var allowed = new List<object?>();
        foreach (var id in request.Values("transactionalIds").Select(i => (string)i!))
        {
            if (exchange.Access.CheckTransactionalId(exchange.Right.TransactionalId!.Value, id) == ErrorCode.None)
            {
                allowed.Add(Prefixed(exchange, id));
            }
            else
            {
                refused.Add(id);
            }
        }

        exchange.State = refused;
        request.Set("transactionalIds", allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var access = new Access(exchange.Session, view.Cluster);
        foreach (var state in answer.List("transactionStates"))
        {
            state.Set("transactionalId", Unprefixed(view, state.Text("transactionalId")) ?? throw new ConnectionRefusedException("A transactional id in an answer is not the tenant's."));
            var topics = new List<Node>();
            foreach (var topic in state.List("topics"))
            {
                if (view.FindPhysical(Encoding.UTF8.GetBytes(topic.Text("topic")!)) is { } found
                    && access.CheckTopic(exchange.Right.Topic!.Value, found.Name, found) == ErrorCode.None)
                {
                    topics.Add(topic.Set("topic", found.Name));
                }
            }

            state.Set("topics", topics);
        }

        WithRefused(answer, (List<string>)exchange.State!);
    }

    private static Node WithRefused(Node answer, List<string> refused)
    {
        foreach (var id in refused)
        {
            answer.List("transactionStates").Add(answer.NewChild("transactionStates").Set("transactionalId", id).Set("errorCode", (short)ErrorCode.TransactionalIdAuthorizationFailed));
        }

        return answer;
    }
}

/// <summary>ListTransactions: the tenant's own that the caller may describe.</summary>
public sealed class ListTransactionsApi : NodeApi
{
    public override ApiKey Key => ApiKey.ListTransactions;

    public override Node? Request(Exchange exchange, Node request)
    {
        if (request.Text("transactionalIdPattern") is { Length: > 0 } pattern)
        {
            // Only narrows what the broker sends: whatever an expression makes of the prefix, the answer is filtered.
            request.Set("transactionalIdPattern", $"\\Q{exchange.View.Cluster.Prefix}\\E(?:{pattern})");
        }

        return null;
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var access = new Access(exchange.Session, view.Cluster);
        answer.Set("transactionStates", answer.List("transactionStates").Where(state =>
        {
            var id = Unprefixed(view, state.Text("transactionalId"));
            state.Set("transactionalId", id);
            return id is not null && access.CheckTransactionalId(exchange.Right.TransactionalId!.Value, id) == ErrorCode.None;
        }).ToList());
    }
}
