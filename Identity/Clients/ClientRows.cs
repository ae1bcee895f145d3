using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Database;

namespace PartnerPlatform.Identity.Clients;

/// <summary>Makes the clients what a page of the feed says. The portal's is not from the feed and stays.</summary>
internal static class ClientRows
{
    /// <param name="documents">By id; null = removed.</param>
    /// <param name="complete">There are no clients but these.</param>
    /// <returns>How many were removed.</returns>
    public static async Task<int> ApplyAsync(
        IdentityDatabase database, IReadOnlyDictionary<string, ClientDocument?> documents, bool complete, CancellationToken cancellation)
    {
        var kept = documents.Where(document => document.Value is not null).Select(document => document.Key).ToArray();
        var gone = complete
            ? await database.Set<OpenIddictEntityFrameworkCoreApplication>()
                .Where(row => row.Id != PortalClient.Id && !kept.Contains(row.Id)).Select(row => row.Id!).ToArrayAsync(cancellation)
            : [.. documents.Keys.Except(kept)];
        var removed = await RemoveAsync(database, gone, cancellation);
        await UpsertAsync(database, [.. documents.Values.OfType<ClientDocument>()], cancellation);
        return removed;
    }

    public static async Task<int> RemoveAsync(IdentityDatabase database, string[] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0)
        {
            return 0;
        }

        // A client that asks for tokens all the time would else have a new one whenever the old ones are gone, and could not be removed.
        await database.Database.ExecuteSqlAsync($"""SELECT 1 FROM identity."OpenIddictApplications" WHERE "Id" = ANY({ids}) FOR UPDATE""", cancellation);
        await database.Set<OpenIddictEntityFrameworkCoreToken>().Where(token => ids.Contains(token.Application!.Id)).ExecuteDeleteAsync(cancellation);
        await database.Set<OpenIddictEntityFrameworkCoreAuthorization>().Where(granted => ids.Contains(granted.Application!.Id)).ExecuteDeleteAsync(cancellation);
        return await database.Set<OpenIddictEntityFrameworkCoreApplication>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }

    private static async Task UpsertAsync(IdentityDatabase database, IReadOnlyList<ClientDocument> documents, CancellationToken cancellation)
    {
        var ids = documents.Select(document => document.Id).ToArray();
        var rows = await database.Set<OpenIddictEntityFrameworkCoreApplication>()
            .Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id!, cancellation);
        foreach (var document in documents)
        {
            if (!rows.TryGetValue(document.Id, out var row))
            {
                row = new OpenIddictEntityFrameworkCoreApplication { Id = document.Id };
                database.Add(row);
            }

            ClientProjection.Apply(document, row);
        }

        await database.SaveChangesAsync(cancellation);
    }
}
