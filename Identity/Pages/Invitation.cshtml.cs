using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Pages;

internal sealed class InvitationModel(OneTimeEntries entries) : PageModel
{
    private const int LongestName = 200;

    [BindProperty]
    public string Code { get; set; } = "";

    [BindProperty]
    public string LoginName { get; set; } = "";

    [BindProperty]
    public string DisplayName { get; set; } = "";

    [BindProperty]
    public string Password { get; set; } = "";

    [BindProperty]
    public string Repeated { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var displayName = DisplayName.Trim();
        if (!People.LoginName.IsValid(LoginName))
        {
            ModelState.AddModelError("", $"The login name cannot be used. {People.LoginName.Rule}");
        }

        if (displayName.Length is 0 or > LongestName || displayName.Any(char.IsControl))
        {
            ModelState.AddModelError("", $"Your name has 1 to {LongestName} characters, on one line.");
        }

        this.CheckNewPassword(Password, Repeated, LoginName);
        if (!ModelState.IsValid)
        {
            return this.Again();
        }

        var (result, personId) = await entries.AcceptAsync(Code, LoginName, displayName, Password, cancellation);
        switch (result)
        {
            case EntryResult.Done when await HttpContext.LogInAsync(personId!):
                return this.GoOn(null);
            case EntryResult.LoginNameTaken:
                return this.Refuse("The login name is taken. Choose another one.");
            default:
                return this.Refuse(Forms.CodeRefused);
        }
    }
}
