using PartnerPlatform.Web.Zones;

namespace PartnerPlatform.Web.Tests.Zones;

public class AliasProposalTests
{
    [Theory]
    [InlineData("sales.orders.v1", "orders")]
    [InlineData("orders", "orders")]
    [InlineData("erp-invoices-2", "erp-invoices")]
    [InlineData("v1", "v1")]
    [InlineData("...", "...")]
    public void A_topics_own_word_is_proposed(string topic, string alias) => Assert.Equal(alias, AliasProposal.For(topic));
}
