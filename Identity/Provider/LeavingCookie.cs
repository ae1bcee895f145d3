using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Provider;

/// <param name="Token">The provider's ID token of the session that has ended.</param>
/// <param name="Target">Where the browser goes when it is back.</param>
internal sealed record Leaving(string Token, string Target);

/// <summary>Between logging out here and logging out at the provider; it opens nothing.</summary>
internal static class LeavingCookie
{
    public const string Scheme = "leaving";

    /// <summary>The page in between: a browser lets no form lead to another host by redirects, and a page may go on by itself.</summary>
    public const string Page = "/logout/leaving";

    private const string TokenClaim = "token";
    private const string TargetClaim = "target";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static Task LeaveAsync(this HttpContext http, Leaving leaving) => http.SignInAsync(
        Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(TokenClaim, leaving.Token), new Claim(TargetClaim, leaving.Target)], Scheme)));

    public static async Task<Leaving?> TakeLeavingAsync(this HttpContext http)
    {
        var leaving = (await http.AuthenticateAsync(Scheme)).Principal;
        await http.SignOutAsync(Scheme);
        return leaving?.FindFirstValue(TokenClaim) is { } token && leaving.FindFirstValue(TargetClaim) is { } target ? new Leaving(token, target) : null;
    }

    public static void Configure(CookieAuthenticationOptions cookie, bool secure)
    {
        cookie.Cookie.Guard(Scheme, secure, SameSiteMode.Lax);
        cookie.ExpireTimeSpan = Lifetime;
        cookie.SlidingExpiration = false;
    }
}
