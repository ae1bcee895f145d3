using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;

namespace PartnerPlatform.Gateway.Tests.Rewriting;

public class ConsumerProtocolTests
{
    private static readonly TenantView View = new(
        new VirtualCluster(
            new VirtualClusterDocument("acme", "acme", VirtualClusterKind.Partner, "main", true, [], false),
            [new AliasDocument("a", "acme", "orders", "main", "sales.orders.v1", SharePermission.Read)],
            [],
            null),
        ClusterState.Unknown("main"),
        new byte[32]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Names_in_a_subscription_are_mapped_both_ways_in_every_version(short version)
    {
        var bytes = Subscription(version, "orders", "unknown");
        var atBroker = ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View)!.Value.Bytes!;
        Assert.Equal("sales.orders.v1", Topics(version, atBroker).First());
        Assert.Matches("^acme[.]unknown[.][0-9a-f]{32}$", Topics(version, atBroker).Last());
        Assert.Equal(bytes, ConsumerProtocol.ToClient(Meaning.ConsumerSubscription, atBroker, View).Bytes);
    }

    [Fact]
    public void A_physical_name_that_is_no_longer_shared_is_not_shown() =>
        Assert.Equal(["~withdrawn"], Topics(1, ConsumerProtocol.ToClient(Meaning.ConsumerSubscription, Subscription(1, "sales.returns.v1"), View).Bytes!));

    [Fact]
    public void A_name_under_the_prefix_that_is_not_shared_is_not_shown_either() =>
        Assert.Equal(["~withdrawn"], Topics(1, ConsumerProtocol.ToClient(Meaning.ConsumerSubscription, Subscription(1, "acme.internal"), View).Bytes!));

    [Fact]
    public void Error_texts_call_what_is_not_shared_as_the_partner_does()
    {
        var told = System.Text.Encoding.UTF8.GetString(View.MembershipName("unknown"u8));
        Assert.Equal("Source topics unknown, orders are missing. See unknown.", ErrorTexts.Clean($"Source topics {told}, sales.orders.v1 are missing. See {told}.", View));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 255, 255, 0, 0 })]
    public void Bytes_in_which_brokers_read_no_names_stay_as_they_are(byte[] bytes) =>
        Assert.False(ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View)!.Value.Changes);

    [Fact]
    public void Bytes_that_cannot_be_read_reach_no_broker_unless_their_protocol_is_unknown()
    {
        byte[] bytes = [0, 1, 0, 0, 0, 9, 1, 2];
        Assert.Null(ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View));
        Assert.False(ConsumerProtocol.ToBrokerOfUnknownType(Meaning.ConsumerAssignment, bytes, View)!.Value.Changes);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 5)]
    [InlineData(9, 0)]
    public void What_follows_behind_hides_no_name(short version, int behind)
    {
        var bytes = Subscription(Math.Min(version, (short)3), "globex.secret").Concat(new byte[behind]).ToArray();
        bytes[1] = (byte)version;
        var atBroker = ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View)!.Value.Bytes!;
        Assert.DoesNotContain("globex.secret", Topics(Math.Min(version, (short)3), atBroker[..^behind]));
        Assert.Equal(behind, atBroker.Length - ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes[..^behind], View)!.Value.Bytes!.Length);
    }

    [Fact]
    public void The_first_versions_fields_are_read_under_any_version()
    {
        var bytes = Subscription(0, "orders", "globex.secret");
        bytes[1] = 1;
        var atBroker = ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View)!.Value.Bytes!;
        Assert.Equal("sales.orders.v1", Topics(0, atBroker).First());
        Assert.DoesNotContain("globex.secret", Topics(0, atBroker));
        Assert.Equal(bytes, ConsumerProtocol.ToClient(Meaning.ConsumerSubscription, atBroker, View).Bytes);
    }

    [Fact]
    public void A_name_that_is_no_text_reaches_no_broker()
    {
        var bytes = Subscription(1, "orders", "globex.secret");
        bytes[8] = 0xff;
        Assert.Null(ConsumerProtocol.ToBroker(Meaning.ConsumerSubscription, bytes, View));
        Assert.Null(ConsumerProtocol.ToBrokerOfUnknownType(Meaning.ConsumerSubscription, bytes, View));
    }

    private static byte[] Subscription(short version, params string[] topics)
    {
        var writer = new WireWriter();
        writer.Int16(version);
        MessageWriter.Write(Definitions.ConsumerSubscription, version, Node.Of(Definitions.ConsumerSubscription).Set("topics", topics.ToList<object?>()).Set("userData", new byte[] { 1, 2 }), writer);
        return writer.ToArray();
    }

    private static IEnumerable<string> Topics(short version, byte[] bytes) =>
        MessageReader.Read(Definitions.ConsumerSubscription, version, bytes.AsSpan(2)).Values("topics").Select(t => (string)t!);
}
