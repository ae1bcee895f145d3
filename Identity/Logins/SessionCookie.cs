using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using PartnerPlatform.Identity.Provider;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Logins;

/// <summary>The cookie that carries a session's id. What it stands for is looked up for each request: an ended session is ended everywhere.</summary>
internal static class SessionCookie
{
    public const string Scheme = "session";

    private const string SessionClaim = "session";

    /// <summary>Begins a session in this browser, with a new id whatever cookie came with the request; ends the one it had.</summary>
    /// <param name="providerToken">The provider's ID token, where logging out shall log out there too.</param>
    public static async Task<bool> LogInAsync(this HttpContext http, string personId, string? providerToken = null)
    {
        var sessions = http.RequestServices.GetRequiredService<Sessions>();
        if (await http.LiveSessionAsync() is { } before)
        {
            await sessions.EndAsync(before.Id, http.RequestAborted);
        }

        if (await sessions.BeginAsync(personId, providerToken, http.RequestAborted) is not { } id)
        {
            return false;
        }

        var identity = new ClaimsIdentity([new Claim(Claims.Subject, personId), new Claim(SessionClaim, id)], Scheme, Claims.Subject, roleType: null);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
        return true;
    }

    /// <summary>Logs out here, and lets the browser log out at the provider where that is asked for.</summary>
    /// <param name="target">Where the browser shall come to.</param>
    /// <returns>Where to send it now.</returns>
    public static async Task<string> LogOutTowardsAsync(this HttpContext http, string target)
    {
        var token = (await http.LiveSessionAsync())?.ProviderToken;
        await http.LogOutAsync();
        if (token is null)
        {
            return target;
        }

        await http.LeaveAsync(new Leaving(token, target));
        return LeavingCookie.Page;
    }

    public static async Task LogOutAsync(this HttpContext http)
    {
        if (await http.LiveSessionAsync() is { } session)
        {
            await http.RequestServices.GetRequiredService<Sessions>().EndAsync(session.Id, http.RequestAborted);
        }

        await http.SignOutAsync(Scheme);
    }

    public static async Task<LiveSession?> LiveSessionAsync(this HttpContext http) =>
        (await http.AuthenticateAsync(Scheme)).Succeeded ? http.Features.Get<LiveSession>() : null;

    public static void Configure(CookieAuthenticationOptions cookie, bool secure, TimeSpan lifetime)
    {
        // Lax, since the portal sends people here from another site.
        cookie.Cookie.Guard("", secure, SameSiteMode.Lax);
        cookie.ExpireTimeSpan = lifetime;
        cookie.SlidingExpiration = false;
        cookie.LoginPath = "/login";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events.OnValidatePrincipal = LookUpAsync;
    }

    private static async Task LookUpAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (context.Principal?.FindFirstValue(SessionClaim) is { } id
            && await http.RequestServices.GetRequiredService<Sessions>().FindAsync(id, http.RequestAborted) is { } session)
        {
            http.Features.Set(session);
        }
        else
        {
            context.RejectPrincipal();
        }
    }
}
