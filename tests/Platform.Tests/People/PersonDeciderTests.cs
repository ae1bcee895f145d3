using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.People;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.People;

public sealed class PersonDeciderTests
{
    private static readonly long Now = Given.Now.ToUnixTimeSeconds();
    private static readonly Ask Partner = Given.Ask with { Caller = new Caller("person-9", Roles.PartnerAdmin, "org-1") };
    private static readonly OneTimeCode Code = new(OneTimeCodeKind.Invitation, "h1", Now + (7 * 86400));
    private static readonly PersonInvited Invited = new("person-1", Roles.PartnerAdmin, "org-1", Code);

    private static readonly PersonAdmitted Admitted = new("person-1", Roles.PartnerAdmin, "org-1");

    private static AdmitUser Admit(string role, string? organization = null) => new(Given.Ask, "person-1", role, organization);

    private static InviteUser Invite(string role, string? organization = null, Ask? ask = null) =>
        new(ask ?? Given.Ask, "person-1", role, organization, "Ada", null, "h1");

    [Fact]
    public void A_person_is_invited_and_no_name_is_in_the_event() =>
        PersonDecider.Decide(Invite(Roles.PartnerAdmin, "acme"), Given.Acme).Events(Invited);

    [Fact]
    public void A_partner_admin_belongs_to_an_organisation_and_nobody_else_does()
    {
        PersonDecider.Decide(Invite(Roles.Auditor), null).Events(Invited with { Role = Roles.Auditor, OrganizationId = null });
        PersonDecider.Decide(Invite(Roles.PartnerAdmin), null).Refused(Codes.ValidationFailed, "organization-of-partner");
        PersonDecider.Decide(Invite(Roles.PartnerAdmin, "nobody"), null).Refused(Codes.NotFound);
        PersonDecider.Decide(Invite(Roles.Operator, "acme"), Given.Acme).Refused(Codes.ValidationFailed, "organization-of-partner");
    }

    [Theory]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Auditor)]
    public void A_partner_admin_invites_partner_admins_only(string role)
    {
        PersonDecider.Decide(Invite(role, null, Partner), Given.Acme).Refused(Codes.Forbidden, "own-organization");
        PersonDecider.Decide(Invite(Roles.PartnerAdmin, null, Partner), Given.Acme).Events(Invited);
    }

    [Fact]
    public void Bad_invitations_are_refused()
    {
        PersonDecider.Decide(Invite(Roles.Node), null).Refused(Codes.ValidationFailed, "role");
        PersonDecider.Decide(Invite(Roles.Operator) with { DisplayName = " " }, null).Refused(Codes.ValidationFailed, "display-name");
        PersonDecider.Decide(Invite(Roles.Operator) with { ValidFor = TimeSpan.FromDays(31) }, null).Refused(Codes.ValidationFailed, "code-validity");
        PersonDecider.Decide(Invite(Roles.Operator) with { ValidFor = TimeSpan.FromSeconds(9) }, null).Refused(Codes.ValidationFailed, "code-validity");
    }

    [Fact]
    public void An_invitation_is_renewed_until_it_is_accepted()
    {
        var command = new RenewInvitation(Given.Ask, "person-1", TimeSpan.FromHours(1), "h2");
        var state = Given.State<Person>(Invited);
        var decision = PersonDecider.Decide(command, state, accepted: false);
        var next = new OneTimeCode(OneTimeCodeKind.Invitation, "h2", Now + 3600);
        decision.Events(new PersonInvitationRenewed(next));
        Assert.Equal(next, Fold.All(state, decision.Events)!.Code);
        PersonDecider.Decide(command, state, accepted: true).Refused(Codes.NotPossibleNow, "not-accepted");
    }

    [Fact]
    public void A_password_is_reset_once_there_is_one()
    {
        var command = new ResetUserPassword(Given.Ask, "person-1", TimeSpan.FromHours(1), "h2");
        var state = Given.State<Person>(Invited);
        PersonDecider.Decide(command, state, accepted: true).Events(new PersonPasswordResetIssued(new OneTimeCode(OneTimeCodeKind.PasswordReset, "h2", Now + 3600)));
        PersonDecider.Decide(command, state, accepted: false).Refused(Codes.NotPossibleNow, "accepted");
    }

    [Fact]
    public void A_changed_role_ends_what_was_issued_with_the_one_before()
    {
        var state = Given.State<Person>(Invited);
        var decision = PersonDecider.Decide(new ChangeUserRole(Given.Ask, "person-1", Roles.Operator, null), state, null);
        decision.Events(new PersonRoleChanged(Roles.Operator, null, Now + 1));
        PersonDecider.Decide(new ChangeUserRole(Given.Ask, "person-1", Roles.PartnerAdmin, "acme"), state, Given.Acme).Events();
        PersonDecider.Decide(new ChangeUserRole(Given.Ask, "person-1", Roles.PartnerAdmin, "nobody"), state, null).Refused(Codes.NotFound);
    }

    [Fact]
    public void Sessions_end_up_to_the_moment_asked_for_and_never_beyond_now()
    {
        var state = Given.State<Person>(Invited);
        PersonDecider.Decide(End(null), state).Events(new PersonSessionsEnded(Now + 1));
        PersonDecider.Decide(End(Given.Now.AddSeconds(-30)), state).Events(new PersonSessionsEnded(Now - 29));
        PersonDecider.Decide(End(Given.Now.AddYears(1)), state).Events(new PersonSessionsEnded(Now + 1));
        PersonDecider.Decide(End(Given.Now.AddSeconds(-30)), Given.State<Person>(Invited, new PersonSessionsEnded(Now - 29))).Events();

        static EndUserSessions End(DateTimeOffset? before) => new(Given.Ask, "person-1", before);
    }

    [Fact]
    public void A_removed_person_is_not_found_again()
    {
        PersonDecider.Decide(new RemoveUser(Given.Ask, "person-1"), Given.State<Person>(Invited)).Events(new PersonRemoved());
        var removed = Given.State<Person>(Invited, new PersonRemoved());
        PersonDecider.Decide(new RemoveUser(Given.Ask, "person-1"), removed).Refused(Codes.NotFound);
        PersonDecider.Decide(new RenewInvitation(Given.Ask, "person-1", null, "h2"), removed, false).Refused(Codes.NotFound);
        PersonDecider.Decide(new ResetUserPassword(Given.Ask, "person-1", null, "h2"), removed, true).Refused(Codes.NotFound);
        PersonDecider.Decide(new ChangeUserRole(Given.Ask, "person-1", Roles.Operator, null), removed, null).Refused(Codes.NotFound);
        PersonDecider.Decide(new EndUserSessions(Given.Ask, "person-1", null), removed).Refused(Codes.NotFound);
    }

    [Fact]
    public void Identity_provider_lets_people_in_and_changes_their_role()
    {
        PersonDecider.Decide(Admit(Roles.Operator), null, null).Events(new PersonAdmitted("person-1", Roles.Operator, null));
        PersonDecider.Decide(Admit(Roles.PartnerAdmin, "acme"), null, Given.Acme).Events(Admitted);
        var state = Given.State<Person>(Admitted);
        PersonDecider.Decide(Admit(Roles.PartnerAdmin, "acme"), state, Given.Acme).Events();
        PersonDecider.Decide(Admit(Roles.Auditor), state, null).Events(new PersonRoleChanged(Roles.Auditor, null, Now + 1));
        Assert.Equal(new PersonDocument("person-1", Roles.PartnerAdmin, "org-1", 0, null), state.ToFeed().Content);
    }

    [Fact]
    public void Identity_provider_gives_no_other_roles_undoes_no_removal_and_takes_over_nobody_who_was_invited()
    {
        PersonDecider.Decide(Admit(Roles.Node), null, null).Refused(Codes.ValidationFailed, "role");
        PersonDecider.Decide(Admit(Roles.PartnerAdmin), null, null).Refused(Codes.ValidationFailed, "organization-of-partner");
        PersonDecider.Decide(Admit(Roles.PartnerAdmin, "nobody"), null, null).Refused(Codes.NotFound);
        PersonDecider.Decide(Admit(Roles.Operator), Given.State<Person>(Admitted, new PersonRemoved()), null).Refused(Codes.Forbidden, "not-removed");
        PersonDecider.Decide(Admit(Roles.Operator), Given.State<Person>(Invited), null).Refused(Codes.Forbidden, "from-provider");
    }

    [Fact]
    public void Whoever_logs_in_at_the_identity_provider_has_no_password_no_invitation_and_no_other_role_here()
    {
        var state = Given.State<Person>(Admitted);
        PersonDecider.Decide(new RenewInvitation(Given.Ask, "person-1", null, "h2"), state, accepted: false).Refused(Codes.NotPossibleNow, "not-from-provider");
        PersonDecider.Decide(new ResetUserPassword(Given.Ask, "person-1", null, "h2"), state, accepted: true).Refused(Codes.NotPossibleNow, "not-from-provider");
        PersonDecider.Decide(new ChangeUserRole(Given.Ask, "person-1", Roles.Operator, null), state, null).Refused(Codes.NotPossibleNow, "not-from-provider");
        PersonDecider.Decide(new RemoveUser(Given.Ask, "person-1"), state).Events(new PersonRemoved());
        PersonDecider.Decide(new EndUserSessions(Given.Ask, "person-1", null), state).Events(new PersonSessionsEnded(Now + 1));
    }

    [Fact]
    public void Nobody_removes_or_demotes_themselves()
    {
        var self = Given.Ask with { Caller = new Caller("person-1", Roles.Operator, null) };
        PersonDecider.Decide(new RemoveUser(self, "person-1"), Given.State<Person>(Invited)).Refused(Codes.NotPossibleNow, "not-self");
        PersonDecider.Decide(new ChangeUserRole(self, "person-1", Roles.Auditor, null), Given.State<Person>(Invited), null).Refused(Codes.NotPossibleNow, "not-self");
    }

    [Fact]
    public void Identity_is_told_of_hashes_and_of_removals()
    {
        var state = Given.State<Person>(Invited, new PersonSessionsEnded(5));
        Assert.Equal(new PersonDocument("person-1", Roles.PartnerAdmin, "org-1", 5, Code), state.ToFeed().Content);
        Assert.Null(Given.State<Person>(Invited, new PersonRemoved()).ToFeed().Content);
    }
}
