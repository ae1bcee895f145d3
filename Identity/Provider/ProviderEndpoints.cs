using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Client.AspNetCore;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Client.AspNetCore.OpenIddictClientAspNetCoreConstants;
using Errors = OpenIddict.Abstractions.OpenIddictConstants.Errors;
using ProviderTokens = OpenIddict.Client.AspNetCore.OpenIddictClientAspNetCoreConstants.Tokens;

namespace PartnerPlatform.Identity.Provider;

/// <summary>The browser's way to the provider and back; proof of what comes back is OpenIddict's part.</summary>
internal static partial class ProviderEndpoints
{
    private const string Scheme = OpenIddictClientAspNetCoreDefaults.AuthenticationScheme;

    public static void MapProvider(this WebApplication app, IdentityOptions options)
    {
        if (options.Provider is null)
        {
            return;
        }

        app.MapGet(ProviderPaths.Begin, BeginAsync);
        app.MapGet(ProviderPaths.Callback, ComeBackAsync);
        app.MapGet(ProviderPaths.Leave, LeaveAsync);
        app.MapGet(ProviderPaths.Left, (Delegate)LeftAsync);
    }

    private static async Task BeginAsync(HttpContext http, ProviderDiscovery discovery)
    {
        await discovery.BeginAsync(http.RequestAborted);
        await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = ProviderPaths.ReturnUrl(http) ?? "/account" });
    }

    private static async Task<IResult> ComeBackAsync(HttpContext http, ProviderLogin logins, ProviderOptions provider, ILogger<ProviderLogin> logger)
    {
        if (http.GetOpenIddictClientResponse() is { Error: { Length: > 0 } error } response)
        {
            NoProof(logger, error, response.ErrorDescription ?? "");
            return Results.LocalRedirect(Refusals.Page(error switch
            {
                Errors.AccessDenied => Refusal.Denied,
                Errors.ServerError or Errors.TemporarilyUnavailable => Refusal.ProviderAway,
                _ => Refusal.Failed,
            }));
        }

        var result = await http.AuthenticateAsync(Scheme);
        if (result is not { Succeeded: true, Principal.Identity.IsAuthenticated: true })
        {
            NoProof(logger, "unauthenticated", result.Failure?.Message ?? "");
            return Results.LocalRedirect(Refusals.Page(Refusal.Failed));
        }

        var (personId, refusal) = await logins.JudgeAsync(result.Principal, http.RequestAborted);
        if (refusal is { } why)
        {
            // Whoever was logged in here before has just tried to be someone else.
            await http.LogOutAsync();
            return Results.LocalRedirect(Refusals.Page(why));
        }

        var token = provider.LogOut ? result.Properties.GetTokenValue(ProviderTokens.BackchannelIdentityToken) : null;
        return await http.LogInAsync(personId!, token)
            ? Results.LocalRedirect(result.Properties.RedirectUri ?? "/account")
            : Results.LocalRedirect(Refusals.Page(Refusal.Removed));
    }

    private static async Task LeaveAsync(HttpContext http, ProviderDiscovery discovery)
    {
        if (await http.TakeLeavingAsync() is not { } leaving)
        {
            http.Response.Redirect("/logout");
            return;
        }

        if ((await discovery.BeginAsync(http.RequestAborted)).EndSessionEndpoint is null)
        {
            http.Response.Redirect(leaving.Target);
            return;
        }

        await http.SignOutAsync(Scheme, new AuthenticationProperties(new Dictionary<string, string?> { [Properties.IdentityTokenHint] = leaving.Token })
        {
            RedirectUri = leaving.Target,
        });
    }

    private static async Task<IResult> LeftAsync(HttpContext http)
    {
        // The target comes back in a state that only Identity can make.
        var result = http.GetOpenIddictClientResponse() is null ? await http.AuthenticateAsync(Scheme) : null;
        return Results.Redirect(result is { Succeeded: true, Properties.RedirectUri: { } target } ? target : "/logout");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a login at the identity provider came to nothing: {Error}, {Description}")]
    private static partial void NoProof(ILogger logger, string error, string description);
}
