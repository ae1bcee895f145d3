using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Pages;

internal static class Forms
{
    public const string Wait = "Too many attempts. Wait a moment, then try again.";

    public const string CodeRefused = "The code is wrong, was used before, or has expired. Ask for a new one.";

    public static void CheckNewPassword(this PageModel page, string password, string repeated, string loginName)
    {
        if (PasswordRules.Fault(password, loginName) is { } fault)
        {
            page.ModelState.AddModelError("", fault);
        }
        else if (password != repeated)
        {
            page.ModelState.AddModelError("", "The two passwords differ.");
        }
    }

    /// <summary>The form once more, with this as the one thing that is wrong.</summary>
    public static PageResult Refuse(this PageModel page, string why)
    {
        page.ModelState.Clear();
        page.ModelState.AddModelError("", why);
        return page.Again();
    }

    /// <summary>The form once more, with what is wrong.</summary>
    public static PageResult Again(this PageModel page)
    {
        page.Response.StatusCode = StatusCodes.Status400BadRequest;
        return page.Page();
    }
}
