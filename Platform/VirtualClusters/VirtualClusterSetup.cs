using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.VirtualClusters;

public static class VirtualClusterSetup
{
    public static void AddVirtualClusters(this StoreOptions options) => options.AddStream<VirtualCluster>(
        (typeof(VirtualClusterCreated), "virtual_cluster_created"),
        (typeof(VirtualClusterSuspended), "virtual_cluster_suspended"),
        (typeof(VirtualClusterResumed), "virtual_cluster_resumed"),
        (typeof(VirtualClusterRemoved), "virtual_cluster_removed"));
}
