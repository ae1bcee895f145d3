using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Pages.Account;

namespace PartnerPlatform.Identity.Pages;

/// <summary>A page about passwords: where there are none, and for people who have none, there is no such page.</summary>
internal sealed class WithPasswords(IdentityOptions options) : IPageFilter
{
    public static readonly string[] Pages = ["/LoginCode", "/Invitation", "/Reset", "/Account/Password", "/Account/SecondFactor"];

    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!options.LocalPasswords || context.HandlerInstance is OwnPage { Account.Issuer: not null })
        {
            context.Result = new NotFoundResult();
        }
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }
}
