using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Organizations;

public sealed class OrganizationDeciderTests
{
    [Fact]
    public void An_organisation_is_created_and_shown_by_its_name_unless_said_otherwise()
    {
        OrganizationDecider.Decide(new CreateOrganization(Given.Ask, "org-1", "acme", null)).Events(new OrganizationCreated("org-1", "acme", "acme"));
        OrganizationDecider.Decide(new CreateOrganization(Given.Ask, "org-1", "acme", "Acme")).Events(new OrganizationCreated("org-1", "acme", "Acme"));
    }

    [Fact]
    public void Bad_names_are_refused()
    {
        OrganizationDecider.Decide(new CreateOrganization(Given.Ask, "org-1", "Acme Inc.", null)).Refused(Codes.ValidationFailed, "slug");
        OrganizationDecider.Decide(new CreateOrganization(Given.Ask, "org-1", "acme", " ")).Refused(Codes.ValidationFailed, "display-name");
    }
}
