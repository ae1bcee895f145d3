using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Pages;

internal sealed class LoginCodeModel(SecondFactor secondFactor) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string Code { get; set; } = "";

    public async Task<IActionResult> OnGetAsync() => await HttpContext.HalfwayPersonAsync() is null ? RedirectToPage("/Login", new { ReturnUrl }) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await HttpContext.HalfwayPersonAsync() is not { } personId)
        {
            return RedirectToPage("/Login", new { ReturnUrl });
        }

        var result = ModelState.IsValid ? await secondFactor.TryAsync(personId, Code, cancellation) : LoginResult.Refused;
        if (result == LoginResult.LoggedIn && await HttpContext.LogInAsync(personId))
        {
            await HttpContext.EndSecondStepAsync();
            return this.GoOn(ReturnUrl);
        }

        return this.Refuse(result == LoginResult.MustWait ? Forms.Wait : "The code is wrong, or was used before. Wait for the next one.");
    }
}
