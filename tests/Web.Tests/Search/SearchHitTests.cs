using System.Security.Claims;
using PartnerPlatform.Web.Login;
using PartnerPlatform.Web.Search;

namespace PartnerPlatform.Web.Tests.Search;

public class SearchHitTests
{
    private static readonly ClaimsPrincipal Operator = new(new ClaimsIdentity([new Claim(PortalUser.RoleClaim, PortalUser.Operator)], "test", PortalUser.NameClaim, PortalUser.RoleClaim));

    [Theory]
    [InlineData("PARTNER_ZONE", "/zones/acme")]
    [InlineData("VIRTUAL_CLUSTER", "/access?zone=acme")]
    public void A_virtual_cluster_is_not_taken_for_a_zone(string kind, string address) => Assert.Equal(address, new SearchHit(kind, "acme", null).Address(Operator));
}
