using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Identity.Database;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Logins;

/// <summary>How logins end from outside, as part of the caller's transaction.</summary>
internal static class LoginEnds
{
    /// <summary>Ends the person's logins from before a moment: sessions, refresh tokens, and access tokens where they are introspected.</summary>
    public static async Task EndAsync(IdentityDatabase database, string personId, DateTimeOffset before, CancellationToken cancellation)
    {
        await database.LoginSessions.Where(session => session.PersonId == personId && session.CreatedAt < before).ExecuteDeleteAsync(cancellation);
        var moment = before.UtcDateTime;
        await database.Set<OpenIddictEntityFrameworkCoreToken>()
            .Where(token => token.Subject == personId && token.CreationDate < moment)
            .ExecuteUpdateAsync(row => row.SetProperty(token => token.Status, Statuses.Revoked), cancellation);
        await database.Set<OpenIddictEntityFrameworkCoreAuthorization>()
            .Where(granted => granted.Subject == personId && granted.CreationDate < moment)
            .ExecuteUpdateAsync(row => row.SetProperty(granted => granted.Status, Statuses.Revoked), cancellation);
    }

    /// <summary>The person is gone; so is what was given out.</summary>
    public static async Task ForgetAsync(IdentityDatabase database, string personId, CancellationToken cancellation)
    {
        // Whoever refreshes all the time would else have a new token whenever the old ones are gone.
        await database.Database.ExecuteSqlAsync($"""SELECT 1 FROM identity."OpenIddictAuthorizations" WHERE "Subject" = {personId} FOR UPDATE""", cancellation);
        await database.Set<OpenIddictEntityFrameworkCoreToken>().Where(token => token.Subject == personId).ExecuteDeleteAsync(cancellation);
        await database.Set<OpenIddictEntityFrameworkCoreAuthorization>().Where(granted => granted.Subject == personId).ExecuteDeleteAsync(cancellation);
    }
}
