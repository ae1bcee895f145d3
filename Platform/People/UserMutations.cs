using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.People;

public abstract class UserInput : MutationInput
{
    [Id]
    [Description("The user's id.")]
    public required string User { get; set; }
}

public sealed class InviteUserInput : MutationInput
{
    [Description("What the person may do; partner admins invite partner admins only.")]
    public UserRole Role { get; set; }

    [Description("Name of the organisation; for PARTNER_ADMIN only. A partner admin's own if not given.")]
    public string? Organization { get; set; }

    [Description("What to call the person until the invitation is accepted.")]
    public string? DisplayName { get; set; }

    [Description("How long the code is good: PT10S to P30D; P7D if not given.")]
    public TimeSpan? ValidFor { get; set; }
}

public sealed class RenewInvitationInput : UserInput
{
    [Description("How long the code is good: PT10S to P30D; P7D if not given.")]
    public TimeSpan? ValidFor { get; set; }
}

public sealed class ResetUserPasswordInput : UserInput
{
    [Description("How long the code is good: PT10S to P30D; P7D if not given.")]
    public TimeSpan? ValidFor { get; set; }
}

public sealed class ChangeUserRoleInput : UserInput
{
    [Description("What the person may do from now on.")]
    public UserRole Role { get; set; }

    [Description("Name of the organisation; for PARTNER_ADMIN only.")]
    public string? Organization { get; set; }
}

public sealed class EndUserSessionsInput : UserInput;

public sealed class RemoveUserInput : UserInput;

[Description("A user, and a one-time code to hand over by other means: there is no mail from here.")]
public sealed record UserCodePayload(
    [property: Description("The user.")] UserView User,
    [property: Description("The code, shown this once; null in a dry run and in a repeated answer.")] string? Code,
    [property: Description("Until when the code is good.")] DateTimeOffset ExpiresAt,
    [property: Description("Page where the person enters the code.")] string Url,
    [property: Description("What was done.")] Change Change);

[Description("A user as it is after a decision.")]
public sealed record UserPayload(
    [property: Description("The user.")] UserView User,
    [property: Description("What was done.")] Change Change);

public sealed class UserMutations
{
    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Invites a person; the code is shown this once.")]
    public static Task<UserCodePayload?> InviteUser(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, InviteUserInput input) =>
        dispatch.SendCode(context, input, IdentityPages.Invitation, (ask, hash) => new InviteUser(
            ask, Ids.New("person"), UserRoles.Write(input.Role), input.Organization, input.DisplayName, input.ValidFor, hash));

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Gives an invitation that was not accepted a new code; the one before it no longer counts.")]
    public static Task<UserCodePayload?> RenewInvitation(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, RenewInvitationInput input) =>
        dispatch.SendCode(context, input, IdentityPages.Invitation, (ask, hash) => new RenewInvitation(ask, input.User, input.ValidFor, hash));

    [AllowedFor(Roles.Operator)]
    [Description("Lets a person set a new password, by a code that is shown this once. Until it is used, the password before it stays.")]
    public static Task<UserCodePayload?> ResetUserPassword(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, ResetUserPasswordInput input) =>
        dispatch.SendCode(context, input, IdentityPages.Reset, (ask, hash) => new ResetUserPassword(ask, input.User, input.ValidFor, hash));

    [AllowedFor(Roles.Operator)]
    [Description("Changes what a person may do; tokens with the role before it are refused.")]
    public static Task<UserPayload?> ChangeUserRole(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, ChangeUserRoleInput input) =>
        dispatch.Send(context, input, ask => new ChangeUserRole(ask, input.User, UserRoles.Write(input.Role), input.Organization));

    [AllowedFor(Roles.Operator)]
    [Description("Logs a person out everywhere.")]
    public static Task<UserPayload?> EndUserSessions(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, EndUserSessionsInput input) =>
        dispatch.Send(context, input, ask => new EndUserSessions(ask, input.User, null));

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Removes a person: logged out everywhere at once, and never in again. The name is forgotten.")]
    public static Task<UserPayload?> RemoveUser(
        [FromServices] UserDispatch dispatch, IResolveFieldContext context, RemoveUserInput input) =>
        dispatch.Send(context, input, ask => new RemoveUser(ask, input.User));
}

/// <summary>From the inputs above to commands and payloads.</summary>
public sealed class UserDispatch(Dispatch dispatch, PeopleNames names, IdentityPages pages)
{
    public async Task<UserPayload?> Send(IResolveFieldContext context, MutationInput input, Func<Ask, Command> make)
    {
        var (person, change, _) = await dispatch.Send<Person>(context, input, make);
        return new(await View(context, person), change);
    }

    /// <param name="page">Path of the page that takes the code.</param>
    /// <param name="make">Gets the hash of the code.</param>
    public async Task<UserCodePayload?> SendCode(IResolveFieldContext context, MutationInput input, string page, Func<Ask, string, Command> make)
    {
        var code = new Secret(OneTimeCodes.Generate());
        var (person, change, _) = await dispatch.Send<Person>(context, input, ask => make(ask, OneTimeCodes.Hash(code.Reveal())));
        var view = await View(context, person);
        return new(view, input.DryRun || change.Replayed ? null : code.Reveal(), view.CodeExpiresAt!.Value, pages.At(page), change);
    }

    private async Task<UserView> View(IResolveFieldContext context, Person person) =>
        new(person, (await names.Find([person.Id], context.CancellationToken)).GetValueOrDefault(person.Id, Profile.None));
}
