using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Logins;

/// <summary>Between password and second factor: who gave the right password, a few minutes ago. It opens nothing else.</summary>
internal static class HalfwayCookie
{
    public const string Scheme = "halfway";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static Task BeginSecondStepAsync(this HttpContext http, string personId) =>
        http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(Claims.Subject, personId)], Scheme, Claims.Subject, roleType: null)));

    public static async Task<string?> HalfwayPersonAsync(this HttpContext http) =>
        (await http.AuthenticateAsync(Scheme)).Principal?.FindFirstValue(Claims.Subject);

    public static Task EndSecondStepAsync(this HttpContext http) => http.SignOutAsync(Scheme);

    public static void Configure(CookieAuthenticationOptions cookie, bool secure)
    {
        cookie.Cookie.Guard(Scheme, secure, SameSiteMode.Strict);
        cookie.ExpireTimeSpan = Lifetime;
        cookie.SlidingExpiration = false;
    }
}
