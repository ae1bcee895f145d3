using System.Diagnostics;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OpenIddict.Abstractions;

namespace PartnerPlatform.Identity.Pages;

/// <summary>What a person sees when something is refused or fails. It never quotes the request.</summary>
[IgnoreAntiforgeryToken]
internal sealed class ErrorModel : PageModel
{
    [BindProperty(SupportsGet = true)]
    public int? Status { get; set; }

    /// <summary>Why the request of another program, which sent the browser here, was refused; null when it is not about that.</summary>
    private OpenIddictResponse? Refusal => HttpContext.GetOpenIddictServerResponse();

    public string Title => Refusal is not null ? "The request was refused" : Status switch
    {
        StatusCodes.Status400BadRequest => "The form is out of date",
        StatusCodes.Status404NotFound => "There is no such page",
        StatusCodes.Status429TooManyRequests => "Too many requests",
        _ => "Something went wrong",
    };

    public string Advice => Refusal is { } refusal ? $"The program that sent you here asked for something it may not: {refusal.ErrorDescription} ({refusal.Error})" : Status switch
    {
        StatusCodes.Status400BadRequest => "It was open for too long, or you have logged in or out meanwhile. Open the page again.",
        StatusCodes.Status404NotFound => "The address may be mistyped.",
        StatusCodes.Status429TooManyRequests => "They come from your address. Wait a moment and try again.",
        _ => $"Try again in a moment. If it stays so, tell your operator this number: {Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier}.",
    };
}
