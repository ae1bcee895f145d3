using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>FindCoordinator: groups and transactional ids under the tenant's prefix; share coordinators are for brokers.</summary>
public sealed class FindCoordinatorApi(BrokerAddresses addresses) : NodeApi
{
    /// <summary>From here on an answer is about several keys.</summary>
    public const short FirstBatchVersion = 4;

    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    public override ApiKey Key => ApiKey.FindCoordinator;

    public override Node? Request(Exchange exchange, Node request)
    {
        var type = request.Get<sbyte>("keyType");
        if (exchange.Version < FirstBatchVersion)
        {
            var key = request.Text("key")!;
            var error = Check(exchange, type, key);
            request.Set("key", Prefixed(exchange, key));
            return error == ErrorCode.None ? null : Error(exchange, error).Set("nodeId", -1).Set("port", -1);
        }

        var refused = new List<(string Key, ErrorCode Error)>();
        var allowed = new List<object?>();
        foreach (var key in request.Values("coordinatorKeys").Select(k => (string)k!))
        {
            var error = Check(exchange, type, key);
            if (error == ErrorCode.None)
            {
                allowed.Add(Prefixed(exchange, key));
            }
            else
            {
                refused.Add((key, error));
            }
        }

        exchange.State = refused;
        request.Set("coordinatorKeys", allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        if (exchange.Version < FirstBatchVersion)
        {
            ShowCoordinator(answer, view);
            return;
        }

        foreach (var coordinator in answer.List("coordinators"))
        {
            coordinator.Set("key", Unprefixed(view, coordinator.Text("key")) ?? throw new ConnectionRefusedException("A coordinator key in an answer is not the tenant's."));
            ShowCoordinator(coordinator, view);
        }

        WithRefused(answer, (List<(string, ErrorCode)>)exchange.State!);
    }

    private static ErrorCode Check(Exchange exchange, sbyte type, string key) => type switch
    {
        Group => exchange.Access.CheckGroup(exchange.Right.Group!.Value, key),
        Transaction => exchange.Access.CheckTransactionalId(exchange.Right.TransactionalId!.Value, key),
        _ => ErrorCode.InvalidRequest,
    };

    private static Node WithRefused(Node answer, List<(string Key, ErrorCode Error)> refused)
    {
        foreach (var (key, error) in refused)
        {
            answer.List("coordinators").Add(answer.NewChild("coordinators").Set("key", key).Set("errorCode", (short)error).Set("nodeId", -1).Set("port", -1));
        }

        return answer;
    }

    private void ShowCoordinator(Node coordinator, TenantView view)
    {
        CleanError(coordinator, view);
        Show(coordinator, addresses, view.Cluster.PhysicalCluster);
    }

    /// <summary>The coordinator's id and address as clients reach it.</summary>
    internal static void Show(Node coordinator, BrokerAddresses addresses, string cluster)
    {
        var broker = coordinator.Get<int>("nodeId");
        if (broker >= 0 && addresses.Find(cluster, broker) is { } shown)
        {
            coordinator.Set("nodeId", shown.NodeId).Set("host", shown.Endpoint.Host).Set("port", shown.Endpoint.Port);
            return;
        }

        if (broker >= 0)
        {
            coordinator.Set("errorCode", (short)ErrorCode.CoordinatorNotAvailable);
        }

        coordinator.Set("nodeId", -1).Set("host", "").Set("port", -1);
    }
}
