using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Pages;

internal sealed class ResetModel(OneTimeEntries entries) : PageModel
{
    [BindProperty]
    public string Code { get; set; } = "";

    [BindProperty]
    public string Password { get; set; } = "";

    [BindProperty]
    public string Repeated { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!ModelState.IsValid || await entries.LoginNameAsync(Code, cancellation) is not { } loginName)
        {
            return this.Refuse(Forms.CodeRefused);
        }

        this.CheckNewPassword(Password, Repeated, loginName);
        if (!ModelState.IsValid)
        {
            return this.Again();
        }

        // Through the login page, and the second factor if there is one.
        return (await entries.ResetAsync(Code, Password, cancellation)).Result == EntryResult.Done
            ? RedirectToPage("/Login")
            : this.Refuse(Forms.CodeRefused);
    }
}
