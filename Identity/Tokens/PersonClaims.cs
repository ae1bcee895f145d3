using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>What tokens say of a person.</summary>
internal static class PersonClaims
{
    /// <summary>Id of the session; in codes and refresh tokens only, which only Identity reads.</summary>
    public const string Session = "session";

    public static ClaimsPrincipal Begin(LiveSession session, IEnumerable<string> scopes)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, AccessTokens.RoleClaim));
        principal.SetScopes(scopes);
        return Describe(principal, session);
    }

    /// <summary>Claims as they are now; what else the principal carries (scopes, authorization) stays.</summary>
    public static ClaimsPrincipal Describe(ClaimsPrincipal principal, LiveSession session)
    {
        var (person, account) = (session.Person, session.Account);
        principal.SetClaim(Claims.Subject, person.Id)
            .SetClaim(AccessTokens.NameClaim, account.DisplayName)
            .SetClaim(AccessTokens.RoleClaim, person.Role)
            .SetClaim(AccessTokens.OrganizationClaim, person.OrganizationId)
            .SetClaim(Session, session.Id)
            .SetResources(principal.HasScope(AccessTokens.PlatformScope) ? [AccessTokens.Audience] : [])
            .SetDestinations(static claim => claim.Type switch
            {
                Session => [],
                AccessTokens.NameClaim or AccessTokens.RoleClaim or AccessTokens.OrganizationClaim => [Destinations.AccessToken, Destinations.IdentityToken],
                _ => [Destinations.AccessToken],
            });
        return principal;
    }
}
