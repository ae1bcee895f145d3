using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.PhysicalClusters;

public static class PhysicalClusterSetup
{
    public static void AddPhysicalClusters(this StoreOptions options) => options.AddStream<PhysicalCluster>(
        (typeof(PhysicalClusterRegistered), "physical_cluster_registered"),
        (typeof(SlotAllocated), "slot_allocated"),
        (typeof(ConnectionSet), "physical_cluster_connection_set"),
        (typeof(ConnectionRemoved), "physical_cluster_connection_removed"));

    public static void AddPhysicalClusters(this IServiceCollection services)
    {
        services.AddOwnTables("physical-clusters", PhysicalClusterFacts.Sql);
        services.AddSingleton<PhysicalClusterFacts>();
        services.AddOwnTables("cluster-secrets", SealedSecrets.Sql);
        services.AddSingleton<SealedSecrets>();
    }
}
