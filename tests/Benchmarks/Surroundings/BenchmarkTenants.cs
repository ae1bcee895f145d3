using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>A virtual cluster of each kind over one broker, with an account each.</summary>
internal sealed class BenchmarkTenants
{
    private const string Account = "app";
    private const string Alias = "deliveries";

    /// <param name="physicalTopic">What the partner's alias leads to.</param>
    public BenchmarkTenants(string physicalTopic)
    {
        Tenants = new Tenants().Cluster("main", SinkAnswers.NodeId)
            .VirtualCluster("raw", VirtualClusterKind.Passthrough, acl: false).Account("raw", Account)
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", Account);
        AddPartner("acme", physicalTopic);
    }

    public Tenants Tenants { get; }

    /// <summary>One more partner with an account, and the same alias.</summary>
    /// <returns>A variant's topic and login.</returns>
    public (string Topic, Login Login) AddPartner(string name, string physicalTopic)
    {
        Tenants.VirtualCluster(name, VirtualClusterKind.Partner).Alias(name, Alias, physicalTopic, SharePermission.ReadWrite).Account(name, Account).ZoneAcls(name, Account);
        return (Alias, new Login(Account, Tenants.Token(name, Account)));
    }

    public Login LoginOf(string variant) => new(Account, Tenants.Token(variant switch
    {
        VariantNames.Passthrough => "raw",
        VariantNames.Standard or VariantNames.StandardOnTwo => "shop",
        VariantNames.Partner => "acme",
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "not a way through the gateway"),
    }, Account));

    /// <summary>The name of the topic <c>orders</c> in a variant.</summary>
    public static string TopicOf(string variant) => variant == VariantNames.Partner ? Alias : SinkTopics.Plain;
}
