using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.PartnerZones;

namespace PartnerPlatform.Platform.Organizations;

[GraphQLMetadata(Name = "Organization")]
[Description("A partner.")]
public sealed class OrganizationView(Organization state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique name.")]
    public string Name => state.Name;

    [Description("Name for people.")]
    public string DisplayName => state.DisplayName;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    /// <summary>The organisation of an id that a caller's thing or token carries; null when it carries none.</summary>
    internal static async Task<OrganizationView?> Of(Reading reading, IResolveFieldContext context, string? id) =>
        id is not null && await reading.ById<Organization>(context, id) is { } organization ? new(organization) : null;

    [Description("Its partner zones.")]
    public Task<Connection<PartnerZoneView>> PartnerZones(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<PartnerZone, PartnerZoneView>(context, first, after, q => q.Where(z => z.OrganizationId == state.Id), z => new(z));

    [Description("What was decided about it.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class OrganizationQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("An organisation by its name.")]
    public static async Task<OrganizationView?> Organization(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its name.")] string name) =>
        new(await reading.Get<Organization>(context, Claim.Organization(name), "organisation", name));

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Organisations in order of creation.")]
    public static Task<Connection<OrganizationView>> Organizations(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<Organization, OrganizationView>(context, first, after, q => q, o => new(o));
}

public sealed class CreateOrganizationInput : MutationInput
{
    [Description("Unique name: 1 to 63 of a-z, 0-9 and '-'.")]
    public required string Name { get; set; }

    [Description("Name for people; the name itself if not given.")]
    public string? DisplayName { get; set; }
}

[Description("Answer of createOrganization.")]
public sealed record CreateOrganizationPayload(
    [property: Description("The organisation.")] OrganizationView Organization,
    [property: Description("What was done.")] Change Change);

public sealed class OrganizationMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Creates an organisation.")]
    public static async Task<CreateOrganizationPayload?> CreateOrganization(
        [FromServices] Dispatch dispatch, IResolveFieldContext context, CreateOrganizationInput input)
    {
        var (thing, change, _) = await dispatch.Send<Organization>(
            context, input, ask => new CreateOrganization(ask, Ids.New("org"), input.Name, input.DisplayName));
        return new(new(thing), change);
    }
}
