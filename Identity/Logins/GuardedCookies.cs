namespace PartnerPlatform.Identity.Logins;

/// <summary>What all cookies of Identity have in common.</summary>
internal static class GuardedCookies
{
    /// <summary>Cookies ignore ports: other programs of the host have cookies too.</summary>
    private const string Prefix = "partnerplatform_identity";

    /// <param name="part">Tells one cookie from another; empty for the session's.</param>
    /// <param name="secure">The issuer is https.</param>
    public static void Guard(this CookieBuilder cookie, string part, bool secure, SameSiteMode sameSite)
    {
        // Browsers take a __Host- cookie from this very host by https only, so that no neighbour can plant one.
        cookie.Name = $"{(secure ? "__Host-" : "")}{Prefix}{(part.Length == 0 ? "" : "_" + part)}";
        cookie.HttpOnly = true;
        cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.SameSite = sameSite;
    }
}
