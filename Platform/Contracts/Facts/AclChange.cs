using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Contracts.Facts;

/// <summary>
/// Body of <c>POST /nodes/acls</c>: a client changes the ACL bindings of its virtual cluster by Kafka's admin API. The node has authenticated it and
/// checked that it may.
/// </summary>
/// <param name="VirtualCluster">Name of the virtual cluster.</param>
/// <param name="ServiceAccount">Who asks: name of the account.</param>
/// <param name="Grant">True: bindings are added; false: taken away.</param>
public sealed record AclChange(string VirtualCluster, string ServiceAccount, bool Grant, IReadOnlyList<AclBinding> Bindings);

/// <summary>Answer to <c>POST /nodes/acls</c>, once all nodes in reach have applied the change or five seconds have gone.</summary>
/// <param name="Refusal">Why it was not accepted; null: it was.</param>
/// <param name="Nodes">Nodes that have it to apply.</param>
/// <param name="Applied">Nodes that have applied it.</param>
public sealed record AclChangeAnswer(string? Refusal, int Nodes, int Applied);
