using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Logins;

internal enum LoginResult
{
    /// <summary>No such name, or another password: nobody is told which.</summary>
    Refused,

    /// <summary>Too many failures under this name, whether anyone has it or not.</summary>
    MustWait,

    SecondFactorNeeded,

    LoggedIn,
}

/// <summary>Login name and password.</summary>
internal sealed partial class PasswordLogin(
    IDbContextFactory<IdentityDatabase> databases, Passwords passwords, LoginAttempts attempts, ILogger<PasswordLogin> logger)
{
    public async Task<(LoginResult Result, string? PersonId)> TryAsync(string loginName, string password, CancellationToken cancellation)
    {
        var key = LoginName.Key(loginName);
        if (!await attempts.BeginAsync(key, cancellation))
        {
            Waiting(key[..8]);
            return (LoginResult.MustWait, null);
        }

        await using var database = await databases.CreateDbContextAsync(cancellation);
        var account = await database.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NameKey == key, cancellation);
        if (!await passwords.MatchesAsync(account, password, cancellation))
        {
            Refused(key[..8]);
            return (LoginResult.Refused, null);
        }

        if (account!.SecondFactor is not null)
        {
            // The count goes on until the second factor is right too.
            return (LoginResult.SecondFactorNeeded, account.PersonId);
        }

        await attempts.SucceededAsync(key, cancellation);
        return (LoginResult.LoggedIn, account.PersonId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "login refused, name {NameKey}")]
    private partial void Refused(string nameKey);

    [LoggerMessage(Level = LogLevel.Warning, Message = "login not tried, name {NameKey} has to wait after too many failures")]
    private partial void Waiting(string nameKey);
}
