using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Pages;

/// <summary>On the way to logging out at the provider; see <see cref="LeavingCookie.Page"/>.</summary>
internal sealed class LogoutLeavingModel(IdentityOptions options) : PageModel
{
    public string ProviderName => options.Provider?.Name ?? "the provider";

    public void OnGet() => Response.Headers["Refresh"] = $"0; url={ProviderPaths.Leave}";
}
