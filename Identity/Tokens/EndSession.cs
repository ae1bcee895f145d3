using Microsoft.AspNetCore;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>
/// Logging out from the portal (OpenID Connect RP-Initiated Logout). Without proof that it is about whoever is logged in here, the person is asked:
/// a link elsewhere must not log people out.
/// </summary>
internal sealed class EndSession : IOpenIddictServerHandler<HandleEndSessionRequestContext>
{
    public async ValueTask HandleAsync(HandleEndSessionRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var session = await http.LiveSessionAsync();
        if (session is not null && context.IdentityTokenHintPrincipal?.GetClaim(Claims.Subject) != session.Person.Id)
        {
            http.Response.Redirect("/logout");
            context.HandleRequest();
            return;
        }

        var target = context.Request.PostLogoutRedirectUri is { Length: > 0 } back ? QueryHelpers.AddQueryString(back, StateOf(context.Request)) : "/logout";
        var next = await http.LogOutTowardsAsync(target);
        if (next != target || target == "/logout")
        {
            http.Response.Redirect(next);
            context.HandleRequest();
            return;
        }

        context.SignOut();
    }

    private static Dictionary<string, string?> StateOf(OpenIddictRequest request) => request.State is { } state ? new() { [Parameters.State] = state } : [];
}
