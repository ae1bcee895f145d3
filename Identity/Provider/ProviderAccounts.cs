using Microsoft.EntityFrameworkCore;
using Npgsql;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.People;
using PartnerPlatform.Identity.Reports;

namespace PartnerPlatform.Identity.Provider;

/// <summary>What is kept here of people who log in at the provider: a name to show, and what they were let in with.</summary>
internal sealed class ProviderAccounts(IDbContextFactory<IdentityDatabase> databases, AccountChanges changes, ReportSignal reports, TimeProvider time)
{
    /// <summary>The feed tells a change within milliseconds; longer than this it is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(25);

    public async Task<Person?> FindAsync(string personId, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.People.AsNoTracking().Include(person => person.Account).SingleOrDefaultAsync(person => person.Id == personId, cancellation);
    }

    /// <summary>Waits until the feed has brought what Platform decided.</summary>
    /// <returns>False: it has not come.</returns>
    public async Task<bool> ArrivedAsync(string personId, string role, string? organizationId, long issuedBefore, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < Patience)
        {
            if (await FindAsync(personId, cancellation) is { } person && person.Role == role && person.OrganizationId == organizationId && person.IssuedBefore >= issuedBefore)
            {
                return true;
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }

        return false;
    }

    /// <returns>False: the person was removed meanwhile.</returns>
    public async Task<bool> KeepAsync(string personId, Uri issuer, string displayName, string admittedAs, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        try
        {
            await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO identity.accounts AS a (person_id, display_name, issuer, admitted_as, accepted_at, second_factor_step, revision, reported_revision)
                VALUES ({personId}, {displayName}, {issuer.AbsoluteUri}, {admittedAs}, {now}, 0, 1, 0)
                ON CONFLICT (person_id) DO UPDATE SET
                    revision = a.revision + CASE WHEN a.display_name = excluded.display_name THEN 0 ELSE 1 END,
                    display_name = excluded.display_name, admitted_as = excluded.admitted_as
                """,
                cancellation);
        }
        catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return false;
        }

        reports.Raise();
        return true;
    }

    /// <summary>The provider no longer vouches for what the person was let in with: what is open under it ends.</summary>
    public async Task EndAsync(string personId, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await database.Accounts.Where(account => account.PersonId == personId)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.AdmittedAs, (string?)null), cancellation) > 0)
        {
            await changes.LogOutEverywhereAsync(personId, cancellation);
        }
    }
}
