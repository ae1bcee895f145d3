using OpenIddict.Abstractions;
using OpenIddict.Server;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>
/// Codes and refresh tokens (RFC 6749, 4.1 and 6): good as long as the session they came from, and with the role that the person has by now.
/// That each is used once, OpenIddict sees to.
/// </summary>
internal sealed class IssuePersonToken(Sessions sessions) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        var principal = context.AuthorizationCodePrincipal ?? context.RefreshTokenPrincipal;
        if (principal is null)
        {
            return;
        }

        if (principal.GetClaim(PersonClaims.Session) is { } id && await sessions.FindAsync(id, context.CancellationToken) is { } session
            && session.Person.Id == principal.GetClaim(Claims.Subject))
        {
            context.SignIn(PersonClaims.Describe(principal.Clone(), session));
            return;
        }

        context.Reject(Errors.InvalidGrant, "The login has ended.");
    }
}
