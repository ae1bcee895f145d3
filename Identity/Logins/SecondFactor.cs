using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Logins;

/// <summary>An authenticator app as second factor. Its secret lies in the database under the master key.</summary>
internal sealed class SecondFactor(
    IDbContextFactory<IdentityDatabase> databases, MasterKey master, LoginAttempts attempts, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan OfferLifetime = TimeSpan.FromMinutes(15);

    /// <summary>A new secret, and the same sealed for this person: it comes back with the form, and counts only when a code proves that the app has it.</summary>
    public (byte[] Secret, string Sealed) Offer(string personId)
    {
        var secret = Totp.NewSecret();
        return (secret, Sealer(personId).Protect(Convert.ToHexString(secret), OfferLifetime));
    }

    /// <summary>The secret of an offer; null when it is another person's, or too old.</summary>
    public byte[]? Open(string personId, string offer)
    {
        try
        {
            return Convert.FromHexString(Sealer(personId).Unprotect(offer));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    /// <returns>False: the code does not belong to the secret.</returns>
    public async Task<bool> EnableAsync(string personId, byte[] secret, string code, CancellationToken cancellation)
    {
        if (Totp.StepOf(secret, code, time.GetUtcNow()) is not { } step)
        {
            return false;
        }

        var wrapped = master.Wrap(Purpose(personId), secret);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await database.Accounts.Where(account => account.PersonId == personId).ExecuteUpdateAsync(
            row => row.SetProperty(account => account.SecondFactor, wrapped).SetProperty(account => account.SecondFactorStep, step), cancellation);
        return true;
    }

    public async Task DisableAsync(string personId, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await database.Accounts.Where(account => account.PersonId == personId).ExecuteUpdateAsync(
            row => row.SetProperty(account => account.SecondFactor, (byte[]?)null), cancellation);
    }

    /// <summary>The second step of a login; attempts are counted with those at the password.</summary>
    public async Task<LoginResult> TryAsync(string personId, string code, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var account = await database.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.PersonId == personId, cancellation);
        if (account is not { SecondFactor: { } wrapped, NameKey: { } key })
        {
            return LoginResult.Refused;
        }

        if (!await attempts.BeginAsync(key, cancellation))
        {
            return LoginResult.MustWait;
        }

        // A code that was seen over the shoulder, or sent twice at once, counts once.
        if (Totp.StepOf(master.Unwrap(Purpose(personId), wrapped), code, time.GetUtcNow()) is not { } step
            || await database.Accounts.Where(a => a.PersonId == personId && a.SecondFactorStep < step)
                .ExecuteUpdateAsync(row => row.SetProperty(a => a.SecondFactorStep, step), cancellation) == 0)
        {
            return LoginResult.Refused;
        }

        await attempts.SucceededAsync(key, cancellation);
        return LoginResult.LoggedIn;
    }

    private static string Purpose(string personId) => $"second factor of {personId}";

    private ITimeLimitedDataProtector Sealer(string personId) => protection.CreateProtector("second factor", personId).ToTimeLimitedDataProtector();
}
