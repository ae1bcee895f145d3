using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace PartnerPlatform.Identity.Pages;

internal static class Going
{
    /// <summary>On to where the person wanted to go, if that is here: an address of another host would be an open redirect.</summary>
    public static LocalRedirectResult GoOn(this PageModel page, string? returnUrl) => page.LocalRedirect(page.Url.IsLocalUrl(returnUrl) ? returnUrl : "/account");
}
