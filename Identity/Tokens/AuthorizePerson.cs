using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>The authorization endpoint: a code for whoever is logged in here; everyone else logs in first and comes back.</summary>
internal sealed class AuthorizePerson : IOpenIddictServerHandler<HandleAuthorizationRequestContext>
{
    private const string AuthorizationPath = "/connect/authorize";

    public async ValueTask HandleAsync(HandleAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var session = await http.LiveSessionAsync();
        if (session is not null && !context.Request.HasPromptValue(PromptValues.Login))
        {
            context.SignIn(PersonClaims.Begin(session, context.Request.GetScopes()));
            return;
        }

        if (context.Request.HasPromptValue(PromptValues.None))
        {
            context.Reject(Errors.LoginRequired, "Nobody is logged in.");
            return;
        }

        // A session that is there ends with the new login, and not before: any site can send a browser here.
        http.Response.Redirect($"/login?returnUrl={Uri.EscapeDataString(AuthorizationPath + Query(context.Request))}");
        context.HandleRequest();
    }

    /// <summary>The request, without <c>prompt</c>: by the time it comes again it has been obeyed.</summary>
    private static QueryString Query(OpenIddictRequest request) => QueryString.Create(
        request.GetParameters()
            .Where(parameter => parameter.Key != Parameters.Prompt)
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)));
}
