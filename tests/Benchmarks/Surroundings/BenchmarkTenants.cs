using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>A virtual cluster of each kind over one broker, with an account each.</summary>
internal sealed class BenchmarkTenants
{
    private const string Account = "app";

    /// <param name="physicalTopic">What the partner's alias leads to.</param>
    public BenchmarkTenants(string physicalTopic) => Tenants = new Tenants().Cluster("main", SinkAnswers.NodeId)
        .VirtualCluster("raw", VirtualClusterKind.Passthrough, acl: false).Account("raw", Account)
        .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", Account)
        .VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "deliveries", physicalTopic, SharePermission.ReadWrite).Account("acme", Account).ZoneAcls("acme", Account);

    public Tenants Tenants { get; }

    public Login LoginOf(string variant) => new(Account, Tenants.Token(variant switch
    {
        VariantNames.Passthrough => "raw",
        VariantNames.Standard => "shop",
        VariantNames.Partner => "acme",
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "not a way through the gateway"),
    }, Account));

    /// <summary>The name of the topic <c>orders</c> in a variant.</summary>
    public static string TopicOf(string variant) => variant == VariantNames.Partner ? "deliveries" : SinkTopics.Plain;
}
