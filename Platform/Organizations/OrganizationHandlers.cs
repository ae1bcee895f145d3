using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Organizations;

public static class CreateOrganizationHandler
{
    public static Task<Outcome> Handle(CreateOrganization command, Acceptance acceptance, CancellationToken ct) =>
        acceptance.Run(command, (work, _) =>
        {
            var decision = OrganizationDecider.Decide(command);
            if (decision.Refusal is { } refusal)
            {
                return Task.FromResult<Verdict>(refusal);
            }

            work.TakeClaim(Claim.Organization(command.Name), command.NewId, Refusal.Taken("organisation", command.Name));
            work.TakeClaim(Claim.Alive(command.NewId), command.NewId, Refusal.Taken("organisation", command.Name));
            return Task.FromResult(Work.Done(work.Start<Organization>(command.NewId, decision)));
        }, ct);
}
