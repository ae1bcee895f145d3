using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.People;

/// <summary>Makes the people what a page of the feed says; what they lose by it, they lose in the same transaction.</summary>
internal static class PeopleRows
{
    /// <param name="documents">By id; null = removed.</param>
    /// <param name="complete">There are no people but these.</param>
    /// <returns>How many were removed.</returns>
    public static async Task<int> ApplyAsync(
        IdentityDatabase database, IReadOnlyDictionary<string, PersonDocument?> documents, bool complete, CancellationToken cancellation)
    {
        var kept = documents.Where(document => document.Value is not null).Select(document => document.Key).ToArray();
        var gone = complete
            ? await database.People.Where(person => !kept.Contains(person.Id)).Select(person => person.Id).ToArrayAsync(cancellation)
            : [.. documents.Keys.Except(kept)];
        foreach (var id in gone)
        {
            await LoginEnds.ForgetAsync(database, id, cancellation);
        }

        var removed = await database.People.Where(person => gone.Contains(person.Id)).ExecuteDeleteAsync(cancellation);
        var rows = await database.People.Where(person => kept.Contains(person.Id)).ToDictionaryAsync(person => person.Id, cancellation);
        foreach (var document in documents.Values.OfType<PersonDocument>())
        {
            if (!rows.TryGetValue(document.Id, out var row))
            {
                row = new Person { Id = document.Id, Role = "", IssuedBefore = 0 };
                database.Add(row);
            }

            if (row.IssuedBefore < document.IssuedBefore)
            {
                await LoginEnds.EndAsync(database, document.Id, DateTimeOffset.FromUnixTimeSeconds(document.IssuedBefore), cancellation);
            }

            (row.Role, row.OrganizationId, row.IssuedBefore) = (document.Role, document.OrganizationId, document.IssuedBefore);
            (row.CodeKind, row.CodeHash, row.CodeExpiresAt) = (document.Code?.Kind, document.Code?.Hash, document.Code?.ExpiresAt);
        }

        await database.SaveChangesAsync(cancellation);
        return removed;
    }
}
