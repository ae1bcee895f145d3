using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Pages;

internal sealed class LoginModel(PasswordLogin logins) : PageModel
{
    /// <summary>Where to go afterwards; only addresses of this host are followed.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string LoginName { get; set; } = "";

    [BindProperty]
    public string Password { get; set; } = "";

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var (result, personId) = ModelState.IsValid ? await logins.TryAsync(LoginName, Password, cancellation) : (LoginResult.Refused, null);
        switch (result)
        {
            case LoginResult.LoggedIn when await HttpContext.LogInAsync(personId!):
                return this.GoOn(ReturnUrl);
            case LoginResult.SecondFactorNeeded:
                await HttpContext.BeginSecondStepAsync(personId!);
                return RedirectToPage("/LoginCode", new { ReturnUrl });
            case LoginResult.MustWait:
                return this.Refuse(Forms.Wait);
            default:
                return this.Refuse("Login name or password is wrong.");
        }
    }
}
