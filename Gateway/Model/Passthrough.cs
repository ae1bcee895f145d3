using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Model;

/// <summary>What stands in the place of a virtual cluster for those who belong to none: the main cluster as it is.</summary>
public static class Passthrough
{
    /// <summary>No virtual cluster of the control plane has this id.</summary>
    private const string Id = "passthrough";

    public static VirtualClusterHandle Handle { get; } = new(Id)
    {
        Current = new VirtualCluster(new VirtualClusterDocument(Id, Id, VirtualClusterKind.Passthrough, KafkaClusterOptions.Main, false, [], false), [], [], null),
    };
}
