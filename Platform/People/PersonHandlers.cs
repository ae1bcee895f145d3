using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;

namespace PartnerPlatform.Platform.People;

public static class InviteUserHandler
{
    public static Task<Outcome> Handle(InviteUser command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var organization = await NamedOrganization.Find(work, command.Organization, token);
            var decision = PersonDecider.Decide(command, organization);
            if (decision.Refusal is { } refusal)
            {
                return refusal;
            }

            if (organization is not null)
            {
                work.Refer(command.NewId, Claim.Alive(organization.Id));
            }

            PeopleNames.Queue(work.Session, command.NewId, command.DisplayName);
            return Work.Done(work.Start<Person>(command.NewId, decision), new Issued(command.NewId, null));
        }, ct);
}

public static class AdmitUserHandler
{
    public static Task<Outcome> Handle(AdmitUser command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            // Identity acts for no organisation, so that what it may know of is not asked.
            var organization = command.Organization is { } name && await work.Owner(Claim.Organization(name), token) is { } id
                ? await work.Load<Organization>(id, token)
                : null;
            // Whoever comes first is started; one who was faster shows at commit, and the next attempt opens it.
            var stream = await work.Load<Person>(command.UserId, token) is null ? null : await work.Open<Person>(command.UserId, token);
            var decision = PersonDecider.Decide(command, stream?.Aggregate, organization);
            if (decision.Refusal is { } refusal)
            {
                return refusal;
            }

            if (decision.Events.Count > 0)
            {
                work.DropReferences(command.UserId);
                if (organization is not null)
                {
                    work.Refer(command.UserId, Claim.Alive(organization.Id));
                }
            }

            return Work.Done(stream is null ? work.Start<Person>(command.UserId, decision) : work.Append(stream, decision));
        }, ct);
}

public static class RenewInvitationHandler
{
    public static Task<Outcome> Handle(RenewInvitation command, Acceptance acceptance, PeopleNames names, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PersonChange.RunKnowing(
            work, names, command.UserId, (state, accepted) => PersonDecider.Decide(command, state, accepted), token), ct);
}

public static class ResetUserPasswordHandler
{
    public static Task<Outcome> Handle(ResetUserPassword command, Acceptance acceptance, PeopleNames names, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PersonChange.RunKnowing(
            work, names, command.UserId, (state, accepted) => PersonDecider.Decide(command, state, accepted), token), ct);
}

public static class ChangeUserRoleHandler
{
    public static Task<Outcome> Handle(ChangeUserRole command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var organization = await NamedOrganization.Find(work, command.Organization, token);
            var verdict = await PersonChange.Run(work, command.UserId, state => PersonDecider.Decide(command, state, organization), token);
            if (verdict.Refusal is null)
            {
                work.DropReferences(command.UserId);
                if (organization is not null)
                {
                    work.Refer(command.UserId, Claim.Alive(organization.Id));
                }
            }

            return verdict;
        }, ct);
}

public static class EndUserSessionsHandler
{
    public static Task<Outcome> Handle(EndUserSessions command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, token) => PersonChange.Run(work, command.UserId, state => PersonDecider.Decide(command, state), token), ct);
}

public static class RemoveUserHandler
{
    public static Task<Outcome> Handle(RemoveUser command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, async (work, token) =>
        {
            var verdict = await PersonChange.Run(work, command.UserId, state => PersonDecider.Decide(command, state), token);
            if (verdict.Refusal is null)
            {
                work.DropReferences(command.UserId);
                PeopleNames.QueueErasure(work.Session, command.UserId);
            }

            return verdict;
        }, ct);
}

internal static class NamedOrganization
{
    /// <summary>The organisation of that name; a partner admin who names none means the own one.</summary>
    public static async Task<Organization?> Find(Work work, string? name, CancellationToken ct) => name is not null
        ? await work.Find<Organization>(Claim.Organization(name), ct)
        : work.Ask.Caller is { Role: Roles.PartnerAdmin, OrganizationId: { } own }
            ? await work.Load<Organization>(own, ct)
            : null;
}

public static class PersonChange
{
    /// <param name="decide">Is also told whether the invitation has been accepted, as far as Identity has told.</param>
    public static async Task<Verdict> RunKnowing(
        Work work, PeopleNames names, string id, Func<Person?, bool, Decision> decide, CancellationToken ct)
    {
        var accepted = await names.HasAccepted(id, ct);
        return await Run(work, id, state => decide(state, accepted), ct);
    }

    public static async Task<Verdict> Run(Work work, string id, Func<Person?, Decision> decide, CancellationToken ct)
    {
        var found = await work.Load<Person>(id, ct);
        // Everyone knows of themselves.
        if (found is null || !(work.Ask.Caller.MaySee(found.OrganizationId) || work.Ask.Caller.Name == found.Id))
        {
            return decide(null).Refusal!;
        }

        var stream = await work.Open<Person>(id, ct);
        var decision = decide(stream.Aggregate);
        return (work.CheckVersion(stream) ?? decision.Refusal) is { } refusal ? refusal : Work.Done(work.Append(stream, decision));
    }
}
