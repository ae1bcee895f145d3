using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.Reports;

namespace PartnerPlatform.Identity.People;

/// <summary>What people change about their own logins.</summary>
internal sealed class AccountChanges(
    IDbContextFactory<IdentityDatabase> databases, Passwords passwords, LoginAttempts attempts, ReportSignal reports, TimeProvider time)
{
    /// <summary>
    /// Whether this is the person, and not someone at an unlocked screen. Attempts are counted with those to log in.
    /// </summary>
    public async Task<LoginResult> ConfirmAsync(Account account, string password, CancellationToken cancellation)
    {
        if (account.NameKey is not { } key)
        {
            return LoginResult.Refused;
        }

        if (!await attempts.BeginAsync(key, cancellation))
        {
            return LoginResult.MustWait;
        }

        if (!await passwords.MatchesAsync(account, password, cancellation))
        {
            return LoginResult.Refused;
        }

        await attempts.SucceededAsync(key, cancellation);
        return LoginResult.LoggedIn;
    }

    /// <summary>Sets a new password and logs the person out everywhere.</summary>
    public async Task SetPasswordAsync(string personId, string password, CancellationToken cancellation)
    {
        var hash = await passwords.HashAsync(password, cancellation);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        await database.Accounts.Where(account => account.PersonId == personId)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.PasswordHash, hash), cancellation);
        await EndEverywhereAsync(database, personId, cancellation);
        await transaction.CommitAsync(cancellation);
        reports.Raise();
    }

    public async Task LogOutEverywhereAsync(string personId, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        await EndEverywhereAsync(database, personId, cancellation);
        await transaction.CommitAsync(cancellation);
        reports.Raise();
    }

    /// <summary>
    /// Tokens tell whole seconds, so that what ends everything up to now also ends what begins within this second: whoever logs in again waits for the next.
    /// </summary>
    public async Task NextSecondAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await Task.Delay(TimeSpan.FromMilliseconds(1000 - now.Millisecond), time, cancellation);
    }

    private async Task EndEverywhereAsync(IdentityDatabase database, string personId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await LoginEnds.EndAsync(database, personId, now, cancellation);
        await database.Accounts.Where(account => account.PersonId == personId).ExecuteUpdateAsync(
            row => row.SetProperty(account => account.EndedBefore, now).SetProperty(account => account.Revision, account => account.Revision + 1), cancellation);
    }
}
