using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Pages;

/// <summary>Why a login at the provider came to nothing. Nobody is logged in by it, and nothing of the request is quoted.</summary>
internal sealed class RefusedModel(IdentityOptions options) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Refusal Why { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>By the login page, which sends nobody off by itself: two that disagree would send people in circles.</summary>
    public string AgainPath => "/login" + (Url.IsLocalUrl(ReturnUrl) ? QueryString.Create("returnUrl", ReturnUrl) : QueryString.Empty);

    public string Title => Why switch
    {
        Refusal.NoRole or Refusal.NoOrganization or Refusal.Removed => "You have no access here",
        Refusal.ProviderAway or Refusal.PlatformAway => "You cannot log in now",
        _ => "The login did not come to its end",
    };

    public string Advice => Why switch
    {
        Refusal.NoRole => $"{Provider} knows you, but has given you no role here. Ask your operator for one.",
        Refusal.NoOrganization => $"{Provider} does not say which organisation you act for, or names one that is not known here. Ask your operator.",
        Refusal.Removed => "An operator has removed your access. Ask your operator.",
        Refusal.Denied => $"{Provider} did not let you in, or you stopped there.",
        Refusal.ProviderAway => $"{Provider} cannot be reached. Whoever is logged in stays so; try again in a moment.",
        Refusal.PlatformAway => "Something that decides about new logins cannot be reached. Whoever is logged in stays so; try again in a moment.",
        _ => "It took too long, was begun in another window, or the answer was not to be trusted. Nothing has happened.",
    };

    private string Provider => options.Provider?.Name ?? "The provider";

    public void OnGet() => Response.StatusCode = Why switch
    {
        Refusal.ProviderAway or Refusal.PlatformAway => StatusCodes.Status503ServiceUnavailable,
        Refusal.Failed => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status403Forbidden,
    };
}
