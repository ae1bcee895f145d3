using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.People;

public static class PeopleSetup
{
    public static void AddPeople(this StoreOptions options) => options.AddStream<Person>(
        (typeof(PersonInvited), "person_invited"),
        (typeof(PersonAdmitted), "person_admitted"),
        (typeof(PersonInvitationRenewed), "person_invitation_renewed"),
        (typeof(PersonPasswordResetIssued), "person_password_reset_issued"),
        (typeof(PersonRoleChanged), "person_role_changed"),
        (typeof(PersonSessionsEnded), "person_sessions_ended"),
        (typeof(PersonRemoved), "person_removed"));

    public static void AddPeople(this IServiceCollection services)
    {
        services.AddOwnTables("people", PeopleNames.Sql);
        services.AddSingleton<PeopleNames>().AddSingleton<UserDispatch>();
    }
}
