using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Pages;

internal sealed class LogoutModel : PageModel
{
    public bool LoggedIn => User.Identity?.IsAuthenticated == true;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync()
    {
        return LocalRedirect(await HttpContext.LogOutTowardsAsync("/logout"));
    }
}
