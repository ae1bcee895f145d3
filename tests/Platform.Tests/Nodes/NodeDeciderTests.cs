using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Nodes;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Nodes;

public sealed class NodeDeciderTests
{
    private static readonly NodeEndpoint Endpoint = new("gateway", "host", 9000, 10, null, "http://host:8080");
    private static readonly NodeRegistered Registered = new("n-1", "node-1");

    [Fact]
    public void A_node_is_registered_by_a_proper_name()
    {
        NodeDecider.Decide(new RegisterNode(Given.Ask, "n-1", "c-1", "node-1", new SecretHash("", "", null))).Events(Registered);
        NodeDecider.Decide(new RegisterNode(Given.Ask, "n-1", "c-1", "Node 1", new SecretHash("", "", null))).Refused(Codes.ValidationFailed, "slug");
    }

    [Fact]
    public void A_new_endpoint_is_an_event_and_the_same_one_is_not()
    {
        NodeDecider.Decide(new ChangeNodeEndpoint(Given.Ask, "n-1", Endpoint), Given.State<Node>(Registered)).Events(new NodeEndpointChanged(Endpoint));
        NodeDecider.Decide(new ChangeNodeEndpoint(Given.Ask, "n-1", Endpoint with { }), Given.State<Node>(Registered, new NodeEndpointChanged(Endpoint))).Events();
        NodeDecider.Decide(new ChangeNodeEndpoint(Given.Ask, "n-1", Endpoint), null).Refused(Codes.NotFound);
    }

    [Theory]
    [InlineData("", "host", 9000, 10, "http://host")]
    [InlineData("gateway", "", 9000, 10, "http://host")]
    [InlineData("gateway", "host", 0, 10, "http://host")]
    [InlineData("gateway", "host", 65530, 10, "http://host")]
    [InlineData("gateway", "host", 9000, 0, "http://host")]
    [InlineData("gateway", "host", 9000, 10, "host")]
    public void An_endpoint_that_cannot_be_is_refused(string cluster, string host, int start, int count, string probe) =>
        NodeDecider.Decide(new ChangeNodeEndpoint(Given.Ask, "n-1", new NodeEndpoint(cluster, host, start, count, null, probe)), Given.State<Node>(Registered))
            .Refused(Codes.ValidationFailed, "node-endpoint");

    [Fact]
    public void A_node_is_removed_once()
    {
        NodeDecider.Decide(new RemoveNode(Given.Ask, "node-1"), Given.State<Node>(Registered)).Events(new NodeRemoved());
        NodeDecider.Decide(new RemoveNode(Given.Ask, "node-1"), Given.State<Node>(Registered, new NodeRemoved())).Refused(Codes.NotFound);
        NodeDecider.Decide(new RemoveNode(Given.Ask, "node-1"), null).Refused(Codes.NotFound);
    }
}
