using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Platform.Commands;

/// <summary>Who asks: the token's subject (a client's or a person's id), its role, and for partner admins the id of their organisation.</summary>
public sealed record Caller(string Name, string Role, string? OrganizationId)
{
    /// <summary>The platform itself, finishing what was decided before.</summary>
    public static readonly Caller Platform = new("platform", Roles.Operator, null);

    /// <summary>Partner admins know of their own organisation's things only; what has no organisation is not theirs.</summary>
    public bool MaySee(string? organizationId) =>
        Role is Roles.Operator or Roles.Auditor
        || (Role == Roles.PartnerAdmin && organizationId is not null && organizationId == OrganizationId)
        || (Role == Roles.ServiceAccount && organizationId == OrganizationId);
}
