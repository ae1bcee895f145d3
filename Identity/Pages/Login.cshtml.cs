using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Pages;

internal sealed class LoginModel(PasswordLogin logins, IdentityOptions options) : PageModel
{
    public bool LocalPasswords => options.LocalPasswords;

    /// <summary>Null: people log in here alone.</summary>
    public string? ProviderName => options.Provider?.Name;

    public string ProviderPath => ProviderPaths.Begin + QueryString.Create("returnUrl", ReturnUrl ?? "");

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
        if (!LocalPasswords)
        {
            return this.Refuse($"Passwords are not used here. Log in with {ProviderName}.");
        }

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
