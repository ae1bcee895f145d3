using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Routing;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>What clients are told in the place of brokers' ids, hosts and ports.</summary>
public sealed class BrokerAddresses(ModelStore model, ClusterDirectory clusters, NodeDirectory nodes)
{
    /// <summary>The virtual node id for a broker, or -1 (Kafka's "none") for none, and for a broker that has no slot yet.</summary>
    public int Show(string cluster, int brokerId) =>
        brokerId < 0 ? brokerId : model.Slots.Find(new PhysicalBroker(cluster, brokerId))?.Value ?? -1;

    /// <summary>The broker behind a virtual node id; null: there is none in that cluster.</summary>
    public int? BrokerOf(string cluster, int nodeId) => model.Slots.Find(nodeId) is { } broker && broker.Cluster == cluster ? broker.BrokerId : null;

    /// <summary>Where clients reach a broker; null while it has no slot, or one beyond the nodes' ports.</summary>
    public (int NodeId, ClientEndpoint Endpoint)? Find(string cluster, int brokerId)
    {
        var broker = new PhysicalBroker(cluster, brokerId);
        return model.Slots.Find(broker) is { } slot && nodes.EndpointOf(slot, clusters.Find(broker)?.Rack) is { } endpoint ? (slot.Value, endpoint) : null;
    }

    /// <summary>Maps a list of node ids; those without a slot are left out.</summary>
    public void ShowAll(Node node, string field, string cluster)
    {
        if (!node.IsNull(field))
        {
            node.Set(field, node.Values(field).Select(v => (object?)Show(cluster, (int)v!)).Where(v => (int)v! >= 0).ToList());
        }
    }
}
