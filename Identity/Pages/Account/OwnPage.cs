using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Pages.Account;

/// <summary>A page about the login of whoever is logged in; nobody else gets here.</summary>
internal abstract class OwnPage : PageModel
{
    public People.Account Account => HttpContext.Features.GetRequiredFeature<LiveSession>().Account;
}
