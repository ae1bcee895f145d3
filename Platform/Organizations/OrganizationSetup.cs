using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Organizations;

public static class OrganizationSetup
{
    public static void AddOrganizations(this StoreOptions options) =>
        options.AddStream<Organization>((typeof(OrganizationCreated), "organization_created"));
}
