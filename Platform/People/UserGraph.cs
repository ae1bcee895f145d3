using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Organizations;

namespace PartnerPlatform.Platform.People;

/// <summary>Roles that a person can be given.</summary>
public enum UserRole
{
    Operator,
    Auditor,
    PartnerAdmin,
}

public enum UserStatus
{
    Invited,
    Active,
    Removed,
}

[GraphQLMetadata(Name = "User")]
[Description("A person who may log in, from the invitation on.")]
public sealed class UserView(Person state, Profile profile)
{
    [Id]
    [Description("Opaque; never changes. The subject of the person's tokens, and the actor in the audit.")]
    public string Id => state.Id;

    [Description("What the person wants to be called; until the invitation is accepted, what its sender wrote.")]
    public string? Name => profile.Name;

    [Description("What the person may do.")]
    public UserRole Role => UserRoles.Read(state.Role);

    [Description("The organisation that a partner admin acts for.")]
    public Task<OrganizationView?> Organization([FromServices] Reading reading, IResolveFieldContext context) => Organizations.OrganizationView.Of(reading, context, state.OrganizationId);

    [Description("How far the person has come.")]
    public UserStatus Status => state.Removed ? UserStatus.Removed : profile.AcceptedAt is null ? UserStatus.Invited : UserStatus.Active;

    [Description("When the invitation was accepted; null until then.")]
    public DateTimeOffset? AcceptedAt => profile.AcceptedAt;

    [Description("Until when the newest one-time code is good, used or not; null for those who log in at the identity provider.")]
    public DateTimeOffset? CodeExpiresAt => state.Code is { } code ? DateTimeOffset.FromUnixTimeSeconds(code.ExpiresAt) : null;

    [Description("The person logs in at the identity provider, which decides the role.")]
    public bool FromProvider => state.FromProvider;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("What was decided about the person, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

[GraphQLMetadata(Name = "Viewer")]
[Description("Who is asking: a person, or an OAuth client.")]
public sealed class ViewerView(System.Security.Claims.ClaimsPrincipal user)
{
    [Id]
    [Description("The user's id, or the OAuth client id; the actor of what is decided with this token.")]
    public string Subject => user.ToCaller().Name;

    [Description("What to call whoever is asking.")]
    public string Name => user.FindFirst(AccessTokens.NameClaim)?.Value ?? Subject;

    [Description("Role of the token: operator, auditor or partner_admin.")]
    public string Role => user.ToCaller().Role;

    [Description("The organisation that a partner admin acts for.")]
    public Task<OrganizationView?> Organization([FromServices] Reading reading, IResolveFieldContext context) =>
        Organizations.OrganizationView.Of(reading, context, user.ToCaller().OrganizationId);
}

[Description("Which users.")]
public sealed class UserFilter
{
    [Description("With this role.")]
    public UserRole? Role { get; set; }

    [Description("Of the organisation of this name.")]
    public string? Organization { get; set; }
}

public sealed class UserQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Who is asking.")]
    public static ViewerView Viewer(IResolveFieldContext context) => new(context.User!);

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("A user by id.")]
    public static async Task<UserView?> User(
        [FromServices] Reading reading, [FromServices] PeopleNames names, IResolveFieldContext context, [Id, Description("Its id.")] string id)
    {
        var person = await reading.ById<Person>(context, id) ?? throw RefusedError.NotFound("user", id);
        return new(person, (await names.Find([id], context.CancellationToken)).GetValueOrDefault(id, Profile.None));
    }

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Users in order of invitation, without those who were removed.")]
    public static async Task<Connection<UserView>> Users(
        [FromServices] Reading reading, [FromServices] PeopleNames names, IResolveFieldContext context, UserFilter? filter = null, int first = 50, string? after = null)
    {
        var organization = filter?.Organization is { } name
            ? (await reading.Get<Organization>(context, Commands.Claim.Organization(name), "organisation", name)).Id
            : null;
        var role = filter?.Role is { } wanted ? UserRoles.Write(wanted) : null;
        var page = await reading.List<Person, Person>(
            context, first, after,
            q => q.Where(p => !p.Removed && (role == null || p.Role == role) && (organization == null || p.OrganizationId == organization)), p => p);
        var profiles = await names.Find([.. page.Edges.Select(edge => edge.Node.Id)], context.CancellationToken);
        return page.Select(person => new UserView(person, profiles.GetValueOrDefault(person.Id, Profile.None)));
    }
}

internal static class UserRoles
{
    public static string Write(UserRole role) => role switch
    {
        UserRole.Operator => Roles.Operator,
        UserRole.Auditor => Roles.Auditor,
        _ => Roles.PartnerAdmin,
    };

    public static UserRole Read(string role) => role switch
    {
        Roles.Operator => UserRole.Operator,
        Roles.Auditor => UserRole.Auditor,
        _ => UserRole.PartnerAdmin,
    };
}
