using System.Security.Claims;

namespace PartnerPlatform.Web.Login;

/// <summary>Who is logged in, as Identity said it.</summary>
public static class PortalUser
{
    public const string Operator = "operator";
    public const string Auditor = "auditor";
    public const string PartnerAdmin = "partner_admin";

    /// <summary>Who sees all organisations.</summary>
    public const string Staff = $"{Operator},{Auditor}";

    public const string SubjectClaim = "sub";
    public const string NameClaim = "name";
    public const string RoleClaim = "role";

    /// <summary>Key of the login session; the cookie holds nothing else.</summary>
    public const string SessionClaim = "portal_session";

    public static bool IsStaff(this ClaimsPrincipal user) => user.IsInRole(Operator) || user.IsInRole(Auditor);

    /// <summary>An auditor reads everything and changes nothing.</summary>
    public static bool MayChange(this ClaimsPrincipal user) => user.IsInRole(Operator) || user.IsInRole(PartnerAdmin);

    public static string DisplayName(this ClaimsPrincipal user) => user.FindFirstValue(NameClaim) ?? user.FindFirstValue(SubjectClaim) ?? "";

    public static string RoleName(this ClaimsPrincipal user) => user.FindFirstValue(RoleClaim) switch
    {
        Operator => "Operator",
        Auditor => "Auditor",
        PartnerAdmin => "Partner admin",
        var other => other ?? "",
    };
}
