using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;

namespace PartnerPlatform.Platform.Clients;

/// <param name="NewSecret">Hash of the generated secret; the secret itself is not part of the command.</param>
public sealed record CreateClient(Ask Ask, string NewId, string ClientId, string Role, string? Organization, SecretHash NewSecret) : Command(Ask);

/// <param name="Overlap">How long the secret before it is still taken.</param>
public sealed record RotateClientSecret(Ask Ask, string ClientId, TimeSpan Overlap, SecretHash NewSecret) : Command(Ask);

public sealed record RemoveClient(Ask Ask, string ClientId) : Command(Ask);

public static class ClientDecider
{
    public static readonly TimeSpan MaximumOverlap = TimeSpan.FromDays(30);

    public static Decision Decide(CreateClient command, Organization? organization)
    {
        if (Names.CheckAccount(command.ClientId, "clientId") is { } bad)
        {
            return bad;
        }

        if (command.ClientId is AccessTokens.PortalClientId or Roles.Identity)
        {
            return Refusal.Taken("client", command.ClientId, "clientId");
        }

        if (command.Role is not (Roles.Operator or Roles.Auditor or Roles.PartnerAdmin or Roles.Node))
        {
            return Refusal.Invalid("role", "role", "A client's role is operator, auditor or partner_admin; nodes are registered.");
        }

        if (command.Role == Roles.PartnerAdmin && organization is null)
        {
            return command.Organization is null
                ? Refusal.Invalid("organization", "organization-of-partner", "A partner admin belongs to an organisation.")
                : Refusal.NotFound("organisation", command.Organization, "organization");
        }

        return command.Role != Roles.PartnerAdmin && command.Organization is not null
            ? Refusal.Invalid("organization", "organization-of-partner", "Only partner admins belong to an organisation.")
            : Decision.Accept(new ClientCreated(command.NewId, command.ClientId, command.Role, organization?.Id, command.NewSecret));
    }

    public static Decision Decide(RotateClientSecret command, Client? state)
    {
        if (state is null or { Removed: true })
        {
            return Refusal.NotFound("client", command.ClientId, "clientId");
        }

        if (state.Role == Roles.Application)
        {
            return Refusal.InUse("The client belongs to a service account; use issueClientSecret.");
        }

        return Rotate(command.Overlap, command.Ask.At, command.NewSecret);
    }

    public static Decision Rotate(TimeSpan overlap, DateTimeOffset at, SecretHash secret) =>
        overlap < TimeSpan.Zero || overlap > MaximumOverlap
            ? Refusal.Invalid("overlap", "secret-overlap", "The overlap is PT0S to P30D.")
            : Decision.Accept(new ClientSecretRotated(secret, (at + overlap).ToUnixTimeSeconds()));

    public static Decision Decide(RemoveClient command, Client? state) => state switch
    {
        null or { Removed: true } => Refusal.NotFound("client", command.ClientId, "clientId"),
        { Role: Roles.Node } => Refusal.InUse("The client belongs to a node; remove the node."),
        { Role: Roles.Application } => Refusal.InUse("The client belongs to a service account; use revokeClientSecret."),
        _ when command.ClientId == command.Ask.Caller.Name => new Refusal(Codes.NotPossibleNow, "Someone else has to do that for you.", "clientId", "not-self"),
        _ => Decision.Accept(new ClientRemoved()),
    };
}
