using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;

namespace PartnerPlatform.Identity.Logins;

/// <summary>
/// Counts attempts under a name, whether anyone has that name or not, so that waiting tells nothing either. An attempt is counted before it is tried:
/// many at once do not get more tries than many in a row.
/// </summary>
internal sealed class LoginAttempts(IDbContextFactory<IdentityDatabase> databases, IdentityOptions options, TimeProvider time)
{
    /// <summary>After so long without a failure, counting starts anew.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private const int MostDoublings = 6;

    /// <summary>Bounds the table, whatever names are tried.</summary>
    private const int MostNames = 100_000;

    /// <returns>False: the name has to wait.</returns>
    public async Task<bool> BeginAsync(string nameKey, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var forgotten = now - Memory;
        var seconds = options.LoginDelay.TotalSeconds;
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var counted = await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO identity.login_failures AS f (name_key, failures, last_at) VALUES ({nameKey}, 1, {now})
            ON CONFLICT (name_key) DO UPDATE SET
                failures = CASE WHEN f.last_at < {forgotten} THEN 1 ELSE f.failures + 1 END,
                blocked_until = CASE WHEN f.last_at >= {forgotten} AND f.failures + 1 >= {options.LoginAttempts}
                    THEN {now} + make_interval(secs => {seconds} * power(2, least(f.failures + 1 - {options.LoginAttempts}, {MostDoublings}))) END,
                last_at = {now}
            WHERE f.blocked_until IS NULL OR f.blocked_until <= {now}
            """,
            cancellation);
        return counted == 1;
    }

    public async Task SucceededAsync(string nameKey, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await database.LoginFailures.Where(failure => failure.NameKey == nameKey).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Forgets names that were not tried lately, and the longest untried of too many.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        var forgotten = time.GetUtcNow() - Memory;
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM identity.login_failures WHERE last_at < {forgotten}
            OR name_key IN (SELECT name_key FROM identity.login_failures ORDER BY last_at DESC OFFSET {MostNames})
            """,
            cancellation);
    }
}
