using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>Client credentials (RFC 6749, 4.4): the client has proven its secret, its claims are what Platform said of it.</summary>
internal sealed class IssueClientToken(IOpenIddictApplicationManager clients) : OpenIddict.Server.IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsClientCredentialsGrantType())
        {
            return;
        }

        var clientId = context.ClientId!;
        // Authenticated a moment ago: removed since then when it is not found with a role.
        var client = await clients.FindByClientIdAsync(clientId, context.CancellationToken);
        var properties = client is null ? ImmutableDictionary<string, JsonElement>.Empty : await clients.GetPropertiesAsync(client, context.CancellationToken);
        if (Text(properties, ClientProjection.Role) is not { } role)
        {
            context.Reject(Errors.InvalidClient, "The specified client credentials are invalid.");
            return;
        }

        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, AccessTokens.RoleClaim);
        identity.SetClaim(Claims.Subject, clientId)
            .SetClaim(AccessTokens.RoleClaim, role)
            .SetClaim(AccessTokens.OrganizationClaim, Text(properties, ClientProjection.Organization))
            .SetResources(role == Roles.Application ? GatewayTokens.Audience : AccessTokens.Audience)
            .SetDestinations(static _ => [Destinations.AccessToken]);
        context.SignIn(new ClaimsPrincipal(identity));
    }

    private static string? Text(ImmutableDictionary<string, JsonElement> properties, string name) =>
        properties.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
