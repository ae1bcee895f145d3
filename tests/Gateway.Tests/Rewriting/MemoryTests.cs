using System.Collections.Frozen;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;

namespace PartnerPlatform.Gateway.Tests.Rewriting;

/// <summary>What connections and groups are remembered by.</summary>
public class MemoryTests
{
    private static readonly Guid Orders = Guid.NewGuid();

    [Fact]
    public void A_fetch_session_that_began_after_a_topic_was_shared_again_goes_on()
    {
        var (without, with) = (View(), View(new AliasDocument("a", "acme", "orders", "main", "sales.orders.v1", SharePermission.Read)));
        var id = with.FindPhysicalId(Orders)!.Value.VirtualId;
        var memory = new ConnectionMemory();
        memory.ShowFetchSession(1, without.Cluster);
        var second = memory.ShowFetchSession(2, without.Cluster);
        memory.RememberDecoy(Guid.NewGuid(), new Decoy([], id, ErrorCode.UnknownTopicId));

        Assert.Equal(2, memory.FindFetchSession(second, without));
        Assert.Null(memory.FindFetchSession(second, with));
        Assert.Equal(3, memory.FindFetchSession(memory.ShowFetchSession(3, with.Cluster), with));
    }

    [Fact]
    public void Groups_are_remembered_by_hashes_and_told_apart()
    {
        var memory = new ConnectionMemory();
        var view = View();
        memory.RememberProtocolType("g", "consumer");
        memory.RememberProtocolType(new string('g', 30_000), new string('t', 30_000));
        Assert.Equal(("consumer", null), (memory.ProtocolTypeOf("g"), memory.ProtocolTypeOf("h")));
        Assert.InRange(memory.ProtocolTypeOf(new string('g', 30_000))!.Length, 1, 20);

        Assert.True(memory.IsShareSessionCurrent("g", "m", 0, view.Cluster));
        Assert.True(memory.IsShareSessionCurrent("g", "m", 1, view.Cluster));
        Assert.False(memory.IsShareSessionCurrent("g", "n", 1, view.Cluster));
        Assert.False(memory.IsShareSessionCurrent("gm", null, 1, view.Cluster));
    }

    [Fact]
    public void Members_keep_no_more_names_than_a_virtual_cluster_may()
    {
        var (memberships, view) = (new GroupMemberships(TimeProvider.System), View());
        var many = new Membership(view.Cluster) with { Names = [.. Enumerable.Range(0, 10_000).Select(i => $"{i}")] };
        for (var i = 0; i < 60; i++)
        {
            memberships.Put(view.Cluster, "g", $"{i}", many);
        }

        Assert.NotNull(memberships.Find(view, "g", "49"));
        Assert.Null(memberships.Find(view, "g", "50"));
        memberships.Leave(view.Cluster, "g", "0");
        memberships.Put(view.Cluster, "g", "50", many);
        memberships.Put(view.Cluster, "g", "50", many);
        Assert.NotNull(memberships.Find(view, "g", "50"));
        memberships.Put(view.Cluster, "g", "51", new Membership(view.Cluster) with { Names = ["one"] });
        Assert.Null(memberships.Find(view, "g", "51"));
    }

    private static TenantView View(params AliasDocument[] aliases) => new(
        new VirtualCluster(new VirtualClusterDocument("acme", "acme", VirtualClusterKind.Partner, "main", true, [], false), aliases, [], null),
        new ClusterState("main", true, FrozenDictionary<int, Broker>.Empty, new Dictionary<string, PhysicalTopic> { ["sales.orders.v1"] = new("sales.orders.v1", Orders, 3) }.ToFrozenDictionary(), FrozenDictionary<int, BrokerVersions>.Empty),
        new byte[32]);
}
