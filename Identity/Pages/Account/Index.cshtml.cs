using Microsoft.AspNetCore.Mvc;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Pages.Account;

internal sealed class IndexModel(AccountChanges changes, IdentityOptions options) : OwnPage
{
    /// <summary>What was done on another page; a name of a text, so that an address cannot put words here.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? DoneName { get; set; }

    public string? Done => DoneName switch
    {
        "password" => "The password is changed, and you are logged out everywhere else.",
        "on" => "The second factor is on. You will be asked for a code when you log in.",
        "off" => "The second factor is off.",
        _ => null,
    };

    /// <summary>Null for those who have a password here.</summary>
    public string? ProviderName => Account.Issuer is null ? null : options.Provider?.Name;

    public Uri? PortalUrl => options.Portal?.Url;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostLogOutAsync()
    {
        return LocalRedirect(await HttpContext.LogOutTowardsAsync("/logout"));
    }

    public async Task<IActionResult> OnPostEverywhereAsync(CancellationToken cancellation)
    {
        var next = await HttpContext.LogOutTowardsAsync("/logout");
        await changes.LogOutEverywhereAsync(Account.PersonId, cancellation);
        return LocalRedirect(next);
    }
}
