using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Clusters;

public sealed record ClusterTopic(string Name, int Partitions);

public sealed record ClusterProperty(string Name, string Value);

/// <summary>How nodes connect to a cluster, where that is not their own configuration.</summary>
/// <param name="Secrets">Names of properties whose values are not shown.</param>
public sealed record ClusterConnection(int Number, IReadOnlyList<ClusterProperty> Properties, IReadOnlyList<string> Secrets);

public sealed record ClusterProblem(string Node, string Problem);

public sealed record Cluster(
    string Name, long Version, IReadOnlyList<BrokerSlot> Slots, Page<ClusterTopic>? Topics, ClusterConnection? Connection = null, IReadOnlyList<ClusterProblem>? Problems = null);

/// <param name="Slot">Its port is a node's first port + this.</param>
public sealed record BrokerSlot(int BrokerId, int Slot);
