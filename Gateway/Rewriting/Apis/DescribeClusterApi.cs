using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>DescribeCluster: brokers as gateway nodes, under the virtual cluster's own id.</summary>
public sealed class DescribeClusterApi(BrokerAddresses addresses) : NodeApi
{
    private const sbyte Brokers = 1;
    private const short UnsupportedEndpointType = 115;

    public override ApiKey Key => ApiKey.DescribeCluster;

    public override Node? Request(Exchange exchange, Node request)
    {
        exchange.State = request.Get<bool>("includeClusterAuthorizedOperations");
        return request.Get<sbyte>("endpointType") == Brokers ? null : Error(exchange, (ErrorCode)UnsupportedEndpointType, "Only brokers can be described here.");
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var cluster = view.Cluster.PhysicalCluster;
        answer.Set("clusterId", view.VirtualClusterId).Set("controllerId", addresses.Show(cluster, answer.Get<int>("controllerId")));
        var shown = new List<Node>();
        foreach (var broker in answer.List("brokers"))
        {
            if (addresses.Find(cluster, broker.Get<int>("brokerId")) is { } known)
            {
                shown.Add(broker.Set("brokerId", known.NodeId).Set("host", known.Endpoint.Host).Set("port", known.Endpoint.Port));
            }
        }

        answer.Set("brokers", shown);
        CleanError(answer, view);
        if ((bool)exchange.State!)
        {
            answer.Set("clusterAuthorizedOperations", new Access(exchange.Session, view.Cluster).ClusterOperations());
        }
    }
}
