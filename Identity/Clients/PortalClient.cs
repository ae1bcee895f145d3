using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using static OpenIddict.Abstractions.OpenIddictConstants;
using Allowed = OpenIddict.Abstractions.OpenIddictConstants.Permissions;

namespace PartnerPlatform.Identity.Clients;

/// <summary>The portal, through which people come: the one client that is set up here and not in Platform. It is ours, so nobody is asked for consent.</summary>
internal static class PortalClient
{
    /// <summary>Row id and client id.</summary>
    public const string Id = AccessTokens.PortalClientId;

    private static readonly string Permissions = JsonSerializer.Serialize<string[]>(
    [
        Allowed.Endpoints.Authorization,
        Allowed.Endpoints.EndSession,
        Allowed.Endpoints.Introspection,
        Allowed.Endpoints.Revocation,
        Allowed.Endpoints.Token,
        Allowed.GrantTypes.AuthorizationCode,
        Allowed.GrantTypes.RefreshToken,
        Allowed.Prefixes.Scope + AccessTokens.PlatformScope,
        Allowed.ResponseTypes.Code,
        Allowed.Scopes.Profile,
    ]);

    private static readonly string Requirements = JsonSerializer.Serialize<string[]>(
        [OpenIddict.Abstractions.OpenIddictConstants.Requirements.Features.ProofKeyForCodeExchange]);

    /// <summary>Makes the client what the settings say; without them there is none.</summary>
    public static async Task RegisterPortalAsync(this IHost host)
    {
        var portal = host.Services.GetRequiredService<IdentityOptions>().Portal;
        await using var database = await host.Services.GetRequiredService<IDbContextFactory<IdentityDatabase>>().CreateDbContextAsync();
        await using var transaction = await database.Database.BeginTransactionAsync();
        // Two instances that start at once must not both find that it is missing.
        await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('identity.portal'))");
        if (portal is null)
        {
            await ClientRows.RemoveAsync(database, [Id], CancellationToken.None);
        }
        else
        {
            var row = await database.Set<OpenIddictEntityFrameworkCoreApplication>().SingleOrDefaultAsync(application => application.Id == Id);
            if (row is null)
            {
                row = new OpenIddictEntityFrameworkCoreApplication { Id = Id };
                database.Add(row);
            }

            Apply(portal, row);
            await database.SaveChangesAsync();
        }

        await transaction.CommitAsync();
    }

    private static void Apply(PortalOptions portal, OpenIddictEntityFrameworkCoreApplication row)
    {
        row.ClientId = Id;
        row.ClientSecret = ClientSecrets.Pack([ClientSecrets.Hash(portal.Secret)]);
        row.ClientType = ClientTypes.Confidential;
        row.ConsentType = ConsentTypes.Implicit;
        row.Permissions = Permissions;
        row.Requirements = Requirements;
        row.RedirectUris = JsonSerializer.Serialize<string[]>([At(portal, "signin-oidc")]);
        row.PostLogoutRedirectUris = JsonSerializer.Serialize<string[]>([At(portal, "signout-callback-oidc")]);
        row.ConcurrencyToken = Guid.NewGuid().ToString();
    }

    private static string At(PortalOptions portal, string path) => $"{portal.Url.AbsoluteUri.TrimEnd('/')}/{path}";
}
