using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Tests.Provider;

public sealed class RoleMappingTests
{
    [Fact]
    public void First_rule_that_fits_counts_whatever_the_order_of_the_values()
    {
        var mapping = Read("admins=operator; CN=Audit,OU=Groups=auditor ;acme=partner_admin:acme");

        Assert.Equal(new RoleRule("admins", Roles.Operator, null), mapping.Find(["acme", "CN=Audit,OU=Groups", "admins"]));
        Assert.Equal(new RoleRule("CN=Audit,OU=Groups", Roles.Auditor, null), mapping.Find(["acme", "CN=Audit,OU=Groups"]));
        Assert.Equal(new RoleRule("acme", Roles.PartnerAdmin, "acme"), mapping.Find(["acme"]));
    }

    [Theory]
    [InlineData("Admins")]
    [InlineData("admins ")]
    [InlineData("operator")]
    [InlineData("")]
    public void What_is_not_in_the_mapping_has_no_role(string value) => Assert.Null(Read("admins=operator").Find([value]));

    [Theory]
    [InlineData("admins", "cannot be read: admins")]
    [InlineData("=operator", "cannot be read: =operator")]
    [InlineData("admins=root", "cannot be read: admins=root")]
    [InlineData("admins=node", "cannot be read: admins=node")]
    [InlineData("admins=Operator", "cannot be read: admins=Operator")]
    [InlineData("admins=operator:acme", "cannot be read: admins=operator:acme")]
    [InlineData("acme=partner_admin", "IDENTITY_PROVIDER_ORGANIZATION_CLAIM")]
    [InlineData("acme=partner_admin:", "cannot be read: acme=partner_admin:")]
    [InlineData("acme=partner_admin:ACME", "partner_admin:organisation")]
    [InlineData("a=operator;a=auditor", "two entries for a")]
    [InlineData(" ; ", "maps nothing")]
    public void Mistake_is_told_with_what_was_given_and_what_is_allowed(string text, string told)
    {
        var (_, fault) = RoleMapping.Parse(text, organizationFromClaim: false);

        Assert.Contains(told, fault, StringComparison.Ordinal);
    }

    private static RoleMapping Read(string text)
    {
        var (mapping, fault) = RoleMapping.Parse(text, organizationFromClaim: false);
        Assert.Null(fault);
        return mapping;
    }
}
