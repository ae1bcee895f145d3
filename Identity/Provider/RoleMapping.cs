using System.Text.RegularExpressions;
using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Identity.Provider;

/// <param name="Value">Of the claim, compared as it is.</param>
/// <param name="Role">One of ours.</param>
/// <param name="Organization">Name of a partner admin's organisation; null = a claim names it, or the role has none.</param>
internal sealed record RoleRule(string Value, string Role, string? Organization);

/// <summary>
/// From values of the provider's claim to our roles: <c>value=role</c> with semicolons; the first rule that fits counts. The last equals sign separates,
/// since groups may be LDAP names.
/// </summary>
internal sealed partial record RoleMapping(IReadOnlyList<RoleRule> Rules)
{
    private const string Allowed = "allowed is value=role with semicolons, role being operator, auditor or partner_admin:organisation";

    public static readonly RoleMapping Empty = new([]);

    /// <param name="organizationFromClaim">Partner admins' organisations may come from a claim.</param>
    /// <returns>Also what is wrong with the text; null = nothing.</returns>
    public static (RoleMapping Mapping, string? Fault) Parse(string text, bool organizationFromClaim)
    {
        var rules = new List<RoleRule>();
        foreach (var entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = entry.LastIndexOf('=');
            var value = at < 0 ? "" : entry[..at].Trim();
            var target = entry[(at + 1)..].Trim();
            var colon = target.IndexOf(':', StringComparison.Ordinal);
            var (role, organization) = colon < 0 ? (target, null) : (target[..colon], target[(colon + 1)..]);
            var known = role is Roles.Operator or Roles.Auditor ? organization is null
                : role == Roles.PartnerAdmin && (organization is null ? organizationFromClaim : OrganizationName().IsMatch(organization));
            if (value.Length == 0 || !known)
            {
                return (Empty, $"has an entry that cannot be read: {entry}; {Allowed}{(organizationFromClaim ? "" : " (or partner_admin alone with IDENTITY_PROVIDER_ORGANIZATION_CLAIM)")}");
            }

            if (rules.Any(rule => rule.Value == value))
            {
                return (Empty, $"has two entries for {value}; the first that fits counts, so the second never would");
            }

            rules.Add(new RoleRule(value, role, organization));
        }

        return rules.Count == 0 ? (Empty, $"maps nothing, so nobody could log in; {Allowed}") : (new RoleMapping(rules), null);
    }

    /// <summary>The first rule that one of the values fits; null = none does.</summary>
    public RoleRule? Find(IReadOnlyCollection<string> values) => Rules.FirstOrDefault(rule => values.Contains(rule.Value));

    /// <summary>As Platform allows them.</summary>
    [GeneratedRegex(@"\A[a-z0-9-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OrganizationName();
}
