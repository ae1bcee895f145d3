using Microsoft.AspNetCore.Mvc;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;
using QRCoder;

namespace PartnerPlatform.Identity.Pages.Account;

internal sealed class SecondFactorModel(SecondFactor secondFactor, AccountChanges changes) : OwnPage
{
    [BindProperty]
    public string Current { get; set; } = "";

    [BindProperty]
    public string Code { get; set; } = "";

    /// <summary>The offered secret, sealed; see <see cref="SecondFactor.Offer"/>.</summary>
    [BindProperty]
    public string Offer { get; set; } = "";

    public bool IsOn => Account.SecondFactor is not null;

    public string Key { get; private set; } = "";

    public string Address { get; private set; } = "";

    /// <summary>SVG.</summary>
    public string Picture { get; private set; } = "";

    public void OnGet() => Show(null);

    public async Task<IActionResult> OnPostOnAsync(CancellationToken cancellation)
    {
        var secret = secondFactor.Open(Account.PersonId, Offer);
        Show(secret);
        if (secret is null)
        {
            return this.Refuse("The page was open for too long. Scan the new QR code.");
        }

        if (await RefusalAsync(cancellation) is { } refusal)
        {
            return this.Refuse(refusal);
        }

        return await secondFactor.EnableAsync(Account.PersonId, secret, Code, cancellation)
            ? RedirectToPage("/Account/Index", new { done = "on" })
            : this.Refuse("The code does not belong to this key. Look at the app once more.");
    }

    public async Task<IActionResult> OnPostOffAsync(CancellationToken cancellation)
    {
        if (await RefusalAsync(cancellation) is { } refusal)
        {
            return this.Refuse(refusal);
        }

        await secondFactor.DisableAsync(Account.PersonId, cancellation);
        return RedirectToPage("/Account/Index", new { done = "off" });
    }

    private async Task<string?> RefusalAsync(CancellationToken cancellation) => await changes.ConfirmAsync(Account, Current, cancellation) switch
    {
        LoginResult.LoggedIn => null,
        LoginResult.MustWait => Forms.Wait,
        _ => "The current password is wrong.",
    };

    /// <param name="secret">Of an offer that is still good; null: a new one is made.</param>
    private void Show(byte[]? secret)
    {
        if (secret is null)
        {
            (secret, Offer) = secondFactor.Offer(Account.PersonId);
        }

        Key = Totp.Text(secret);
        Address = Totp.Address(secret, Account.LoginName ?? "");
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(Address, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        Picture = picture.GetGraphic(new System.Drawing.Size(200, 200), sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
