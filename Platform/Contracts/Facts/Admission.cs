namespace PartnerPlatform.Contracts.Facts;

/// <summary>
/// Body of <c>POST /people/admissions</c>: Identity asks that someone who has logged in at the identity provider is let in. A repeat changes nothing.
/// Answers: 200 with <see cref="Admitted"/>, 409 with <see cref="NotAdmitted"/>, 503 when it cannot be decided now.
/// </summary>
/// <param name="Id">The person's id, made by Identity of the provider's issuer and the person's subject there.</param>
/// <param name="Role">operator, auditor or partner_admin: what Identity's settings make of the provider's claims.</param>
/// <param name="Organization">Name of the organisation, for partner admins; else null.</param>
public sealed record Admission(string Id, string Role, string? Organization);

/// <param name="OrganizationId">Of the organisation that was named.</param>
/// <param name="IssuedBefore">Unix seconds: a login from before this moment does not count, since the role has changed.</param>
public sealed record Admitted(string? OrganizationId, long IssuedBefore);

/// <param name="Code">Stable code of the refusal.</param>
/// <param name="Message">For logs.</param>
public sealed record NotAdmitted(string Code, string Message);
