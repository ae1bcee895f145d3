using Microsoft.EntityFrameworkCore;
using Npgsql;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.Reports;

namespace PartnerPlatform.Identity.People;

internal enum EntryResult
{
    Done,

    /// <summary>Wrong, used, expired, or replaced by a newer one: the answer is the same.</summary>
    CodeRefused,

    LoginNameTaken,
}

/// <summary>What people do with a one-time code: accept an invitation, or set a new password.</summary>
internal sealed class OneTimeEntries(
    IDbContextFactory<IdentityDatabase> databases, Passwords passwords, AccountChanges changes, LoginAttempts attempts, ReportSignal reports, TimeProvider time)
{
    public async Task<(EntryResult Result, string? PersonId)> AcceptAsync(
        string code, string loginName, string displayName, string password, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await FindAsync(database, OneTimeCodeKind.Invitation, code, cancellation) is not { Account: null } person)
        {
            return (EntryResult.CodeRefused, null);
        }

        database.Add(new Account
        {
            PersonId = person.Id,
            LoginName = loginName,
            NameKey = LoginName.Key(loginName),
            DisplayName = displayName,
            PasswordHash = await passwords.HashAsync(password, cancellation),
            AcceptedAt = time.GetUtcNow(),
            UsedCodeHash = person.CodeHash,
            Revision = 1,
        });
        try
        {
            await database.SaveChangesAsync(cancellation);
            reports.Raise();
            return (EntryResult.Done, person.Id);
        }
        catch (DbUpdateException conflict) when (conflict.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation)
        {
            // The primary key: another request has used the code meanwhile.
            return (violation.ConstraintName == "PK_accounts" ? EntryResult.CodeRefused : EntryResult.LoginNameTaken, null);
        }
        catch (DbUpdateException conflict) when (conflict.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            // Removed meanwhile.
            return (EntryResult.CodeRefused, null);
        }
    }

    /// <summary>Sets a new password and logs the person out everywhere. A second factor stays.</summary>
    public async Task<(EntryResult Result, string? PersonId)> ResetAsync(string code, string password, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await FindAsync(database, OneTimeCodeKind.PasswordReset, code, cancellation) is not { Account.NameKey: { } key } person)
        {
            return (EntryResult.CodeRefused, null);
        }

        if (await database.Accounts.Where(a => a.PersonId == person.Id && a.UsedCodeHash != person.CodeHash)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.UsedCodeHash, person.CodeHash), cancellation) == 0)
        {
            return (EntryResult.CodeRefused, null);
        }

        // The code is used: whoever hangs up now must not be left with neither.
        await changes.SetPasswordAsync(person.Id, password, CancellationToken.None);
        await attempts.SucceededAsync(key, CancellationToken.None);
        return (EntryResult.Done, person.Id);
    }

    /// <summary>The login name behind a reset code, for the rules of its password; null when the code is refused.</summary>
    public async Task<string?> LoginNameAsync(string code, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return (await FindAsync(database, OneTimeCodeKind.PasswordReset, code, cancellation))?.Account?.LoginName;
    }

    private async Task<Person?> FindAsync(IdentityDatabase database, OneTimeCodeKind kind, string code, CancellationToken cancellation)
    {
        // Found by the hash of what was typed: how long the search takes tells nothing about the code itself.
        var hash = OneTimeCodes.Hash(code);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return await database.People.Include(person => person.Account)
            .SingleOrDefaultAsync(person => person.CodeHash == hash && person.CodeKind == kind && person.CodeExpiresAt > now, cancellation);
    }
}
