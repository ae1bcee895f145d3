using Microsoft.IdentityModel.Tokens;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Clients;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

internal static class TokenServerSetup
{
    public static IServiceCollection AddTokenServer(this IServiceCollection services, IdentityOptions options)
    {
        services.AddHostedService<TokenPruning>();
        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.UseEntityFrameworkCore().UseDbContext<IdentityDatabase>();
                core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication, ClientManager>();
            })
            .AddServer(server => Configure(server, options));
        // Not ephemeral: what is encrypted must be readable after a restart and by every instance.
        services.AddOptions<OpenIddictServerOptions>().Configure<MasterKey>((server, key) =>
            server.EncryptionCredentials.Add(new EncryptingCredentials(
                new SymmetricSecurityKey(key.Encryption), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512)));
        return services;
    }

    private static void Configure(OpenIddictServerBuilder server, IdentityOptions options)
    {
        server.SetIssuer(options.Issuer)
            .SetAuthorizationEndpointUris("connect/authorize")
            .SetEndSessionEndpointUris("connect/logout")
            .SetTokenEndpointUris("connect/token")
            .SetIntrospectionEndpointUris("connect/introspect")
            .SetRevocationEndpointUris("connect/revoke")
            .AllowClientCredentialsFlow()
            .AllowAuthorizationCodeFlow()
            .AllowRefreshTokenFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.OfflineAccess, AccessTokens.PlatformScope)
            .RegisterClaims(Claims.Name, AccessTokens.RoleClaim, AccessTokens.OrganizationClaim)
            .SetRefreshTokenLifetime(options.SessionLifetime)
            // A refresh token that comes twice was stolen, however soon.
            .SetRefreshTokenReuseLeeway(null)
            .SetAccessTokenLifetime(options.TokenLifetime)
            // Readers check signatures by the JWKS; there is nothing secret in the claims.
            .DisableAccessTokenEncryption();
        server.Configure(protocol =>
        {
            protocol.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
            // The other modes need script in the page (form_post) or hand codes to it (fragment).
            protocol.ResponseModes.Clear();
            protocol.ResponseModes.Add(ResponseModes.Query);
        });
        server.RemoveEventHandler(OpenIddictServerHandlers.Protection.CreateTokenEntry.Descriptor).AddEventHandler(StoreToken.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Protection.AttachTokenPayload.Descriptor).AddEventHandler(StorePayload.Descriptor);
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseScopedHandler<IssueClientToken>());
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseSingletonHandler<IssuePersonToken>());
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseSingletonHandler<AuthorizePerson>());
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseSingletonHandler<EndSession>());
        var host = server.UseAspNetCore().EnableStatusCodePagesIntegration();
        if (options.Issuer.Scheme == "http")
        {
            host.DisableTransportSecurityRequirement();
        }
    }
}
