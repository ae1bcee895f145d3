using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Clusters;

public sealed record ClusterTopic(string Name, int Partitions);

public sealed record Cluster(string Name, IReadOnlyList<BrokerSlot> Slots, Page<ClusterTopic>? Topics);

/// <param name="Slot">Its port is a node's first port + this.</param>
public sealed record BrokerSlot(int BrokerId, int Slot);
