using PartnerPlatform.Web.Nodes;

namespace PartnerPlatform.Web.Tests.Nodes;

public class NodeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 3, 14, 3, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2, 17)]
    [InlineData(3600, null)]
    public void Clients_of_a_node_that_is_out_of_touch_are_not_known(int seconds, int? connected) =>
        Assert.Equal(connected, new Node("gateway-1", null, new NodeState("1.0", 7, Now.AddSeconds(-seconds), 17)).Connected(Now));

    [Fact]
    public void A_node_that_was_never_heard_of_has_no_clients_that_are_known() => Assert.Null(new Node("gateway-1", null, null).Connected(Now));
}
