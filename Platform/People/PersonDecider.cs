using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;

namespace PartnerPlatform.Platform.People;

/// <param name="NewCodeHash">Hash of the invitation code; the code itself is not part of the command.</param>
/// <param name="ValidFor">How long the code is good; null: 7 days.</param>
/// <param name="DisplayName">What to call the person until the invitation is accepted; not part of the event.</param>
public sealed record InviteUser(
    Ask Ask, string NewId, string Role, string? Organization, string? DisplayName, TimeSpan? ValidFor, string NewCodeHash) : Command(Ask);

public sealed record RenewInvitation(Ask Ask, string UserId, TimeSpan? ValidFor, string NewCodeHash) : Command(Ask);

public sealed record ResetUserPassword(Ask Ask, string UserId, TimeSpan? ValidFor, string NewCodeHash) : Command(Ask);

public sealed record ChangeUserRole(Ask Ask, string UserId, string Role, string? Organization) : Command(Ask);

/// <param name="Before">Everything from before this moment ends; null: everything up to now.</param>
public sealed record EndUserSessions(Ask Ask, string UserId, DateTimeOffset? Before) : Command(Ask);

public sealed record RemoveUser(Ask Ask, string UserId) : Command(Ask);

/// <summary>The identity provider lets someone in; sent by Identity, which has mapped the provider's claims to the role.</summary>
/// <param name="UserId">Made by Identity of the provider's issuer and subject: the same for the same person, whatever else the provider says.</param>
/// <param name="Organization">Name of the organisation, for partner admins.</param>
public sealed record AdmitUser(Ask Ask, string UserId, string Role, string? Organization) : Command(Ask);

public static class PersonDecider
{
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(7);
    public static readonly TimeSpan MinimumValidity = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan MaximumValidity = TimeSpan.FromDays(30);
    public const int LongestName = 200;

    /// <param name="organization">The one that the command names, or a partner admin's own; null when there is none that the caller may know of.</param>
    public static Decision Decide(InviteUser command, Organization? organization)
    {
        if (command.Ask.Caller.Role == Roles.PartnerAdmin && command.Role != Roles.PartnerAdmin)
        {
            return new Refusal(Codes.Forbidden, "Partner admins invite partner admins of their own organisation.", "role", "own-organization");
        }

        if ((CheckRole(command.Role, command.Organization, organization) ?? CheckValidity(command.ValidFor)) is { } bad)
        {
            return bad;
        }

        return command.DisplayName is { } name && (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
            ? Refusal.Invalid("displayName", "display-name", $"A display name has 1 to {LongestName} characters.")
            : Decision.Accept(new PersonInvited(command.NewId, command.Role, organization?.Id, Code(OneTimeCodeKind.Invitation, command.Ask, command.ValidFor, command.NewCodeHash)));
    }

    public static Decision Decide(AdmitUser command, Person? state, Organization? organization)
    {
        if (state is { Removed: true })
        {
            return new Refusal(Codes.Forbidden, "The person was removed by a decision made here, which the identity provider does not undo.", "user", "not-removed");
        }

        if (state is { FromProvider: false })
        {
            return new Refusal(Codes.Forbidden, "The person was invited and does not log in at the identity provider.", "user", "from-provider");
        }

        if (CheckRole(command.Role, command.Organization, organization) is { } bad)
        {
            return bad;
        }

        return state is null
            ? Decision.Accept(new PersonAdmitted(command.UserId, command.Role, organization?.Id))
            : state.Role == command.Role && state.OrganizationId == organization?.Id
                ? Decision.Nothing
                : Decision.Accept(new PersonRoleChanged(command.Role, organization?.Id, AfterThisSecond(command.Ask.At)));
    }

    /// <param name="accepted">The invitation has been accepted, as far as Identity has told.</param>
    public static Decision Decide(RenewInvitation command, Person? state, bool accepted)
    {
        if (Alive(state, command.UserId) is { } gone)
        {
            return gone;
        }

        return state!.FromProvider
            ? AtProvider("The person has no invitation")
            : accepted
                ? new Refusal(Codes.NotPossibleNow, "The invitation has been accepted; reset the password instead.", "user", "not-accepted")
                : CheckValidity(command.ValidFor) is { } bad
                    ? bad
                    : Decision.Accept(new PersonInvitationRenewed(Code(OneTimeCodeKind.Invitation, command.Ask, command.ValidFor, command.NewCodeHash)));
    }

    /// <param name="accepted">As above.</param>
    public static Decision Decide(ResetUserPassword command, Person? state, bool accepted)
    {
        if (Alive(state, command.UserId) is { } gone)
        {
            return gone;
        }

        return state!.FromProvider
            ? AtProvider("The person has no password here")
            : !accepted
                ? new Refusal(Codes.NotPossibleNow, "The invitation has not been accepted; renew it instead.", "user", "accepted", Retriable: true)
                : CheckValidity(command.ValidFor) is { } bad
                    ? bad
                    : Decision.Accept(new PersonPasswordResetIssued(Code(OneTimeCodeKind.PasswordReset, command.Ask, command.ValidFor, command.NewCodeHash)));
    }

    public static Decision Decide(ChangeUserRole command, Person? state, Organization? organization)
    {
        if ((Alive(state, command.UserId) ?? NotSelf(command.Ask, command.UserId) ?? CheckRole(command.Role, command.Organization, organization)) is { } bad)
        {
            return bad;
        }

        if (state!.FromProvider)
        {
            return AtProvider("The identity provider decides the role");
        }

        return state.Role == command.Role && state.OrganizationId == organization?.Id
            ? Decision.Nothing
            : Decision.Accept(new PersonRoleChanged(command.Role, organization?.Id, AfterThisSecond(command.Ask.At)));
    }

    public static Decision Decide(EndUserSessions command, Person? state)
    {
        if (Alive(state, command.UserId) is { } gone)
        {
            return gone;
        }

        // A moment that lies ahead would lock the person out until then.
        var before = command.Before is { } asked && asked < command.Ask.At ? asked : command.Ask.At;
        var issuedBefore = AfterThisSecond(before);
        return issuedBefore <= state!.IssuedBefore ? Decision.Nothing : Decision.Accept(new PersonSessionsEnded(issuedBefore));
    }

    public static Decision Decide(RemoveUser command, Person? state) =>
        (Alive(state, command.UserId) ?? NotSelf(command.Ask, command.UserId)) is { } bad ? bad : Decision.Accept(new PersonRemoved());

    private static Refusal? Alive(Person? state, string id) => state is null or { Removed: true } ? Refusal.NotFound("user", id, "user") : null;

    private static Refusal AtProvider(string why) => new(Codes.NotPossibleNow, $"{why}: change it at the identity provider.", "user", "not-from-provider");

    /// <summary>Whoever removes or demotes the last admin would find nobody left to undo it.</summary>
    private static Refusal? NotSelf(Ask ask, string id) =>
        ask.Caller.Name == id ? new Refusal(Codes.NotPossibleNow, "Someone else has to do that for you.", "user", "not-self") : null;

    private static Refusal? CheckRole(string role, string? named, Organization? organization)
    {
        if (role is not (Roles.Operator or Roles.Auditor or Roles.PartnerAdmin))
        {
            return Refusal.Invalid("role", "role", "A user's role is operator, auditor or partner_admin.");
        }

        if (role == Roles.PartnerAdmin)
        {
            return organization is not null
                ? null
                : named is null
                    ? Refusal.Invalid("organization", "organization-of-partner", "A partner admin belongs to an organisation.")
                    : Refusal.NotFound("organisation", named, "organization");
        }

        return named is null ? null : Refusal.Invalid("organization", "organization-of-partner", "Only partner admins belong to an organisation.");
    }

    private static Refusal? CheckValidity(TimeSpan? validFor) => validFor is { } asked && (asked < MinimumValidity || asked > MaximumValidity)
        ? Refusal.Invalid("validFor", "code-validity", "A code is good for PT10S to P30D.")
        : null;

    private static OneTimeCode Code(OneTimeCodeKind kind, Ask ask, TimeSpan? validFor, string hash) =>
        new(kind, hash, (ask.At + (validFor ?? DefaultValidity)).ToUnixTimeSeconds());

    /// <summary>Tokens tell whole seconds: those of this very second are hit too.</summary>
    private static long AfterThisSecond(DateTimeOffset at) => at.ToUnixTimeSeconds() + 1;
}
