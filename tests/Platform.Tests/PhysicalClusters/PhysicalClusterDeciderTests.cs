using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.PhysicalClusters;

public sealed class PhysicalClusterDeciderTests
{
    private static readonly PhysicalClusterRegistered Registered = new("p-1", "main");

    [Fact]
    public void A_cluster_is_registered_by_a_proper_name()
    {
        PhysicalClusterDecider.Decide(new RegisterPhysicalCluster(Given.Ask, "p-1", "main")).Events(Registered);
        PhysicalClusterDecider.Decide(new RegisterPhysicalCluster(Given.Ask, "p-1", "")).Refused(Codes.ValidationFailed);
    }

    [Fact]
    public void New_brokers_get_the_next_slots_and_known_ones_keep_theirs()
    {
        var state = Given.State<PhysicalCluster>(Registered, new SlotAllocated(100, 0), new SlotAllocated(200, 4));
        PhysicalClusterDecider.Decide(new AllocateSlots(Given.Ask, "p-1", [400, 100, 300, 300, -1]), state, 7)
            .Events(new SlotAllocated(300, 7), new SlotAllocated(400, 8));
        PhysicalClusterDecider.Decide(new AllocateSlots(Given.Ask, "p-1", [100, 200]), state, 7).Events();
    }
}
