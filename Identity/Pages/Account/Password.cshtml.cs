using Microsoft.AspNetCore.Mvc;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Pages.Account;

internal sealed class PasswordModel(AccountChanges changes) : OwnPage
{
    [BindProperty]
    public string Current { get; set; } = "";

    [BindProperty]
    public string Password { get; set; } = "";

    [BindProperty]
    public string Repeated { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        this.CheckNewPassword(Password, Repeated, Account.LoginName ?? "");
        if (!ModelState.IsValid)
        {
            return this.Again();
        }

        var confirmed = await changes.ConfirmAsync(Account, Current, cancellation);
        if (confirmed != LoginResult.LoggedIn)
        {
            return this.Refuse(confirmed == LoginResult.MustWait ? Forms.Wait : "The current password is wrong.");
        }

        var personId = Account.PersonId;
        await changes.SetPasswordAsync(personId, Password, cancellation);
        await changes.NextSecondAsync(cancellation);
        return await HttpContext.LogInAsync(personId) ? RedirectToPage("/Account/Index", new { done = "password" }) : RedirectToPage("/Login");
    }
}
