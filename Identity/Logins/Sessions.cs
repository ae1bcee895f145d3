using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Logins;

/// <summary>A session that is good now, and whose it is.</summary>
/// <param name="ProviderToken">The provider's ID token, for logging out there; null = that is not asked for.</param>
internal sealed record LiveSession(string Id, DateTimeOffset CreatedAt, Person Person, Account Account, string? ProviderToken);

/// <summary>The logins there are.</summary>
internal sealed class Sessions(IDbContextFactory<IdentityDatabase> databases, IdentityOptions options, MasterKey master, TimeProvider time)
{
    private const int IdBytes = 32;

    /// <param name="providerToken">Kept under the master key.</param>
    /// <returns>Its id; null when the person is gone.</returns>
    public async Task<string?> BeginAsync(string personId, string? providerToken, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var session = new LoginSession
        {
            Id = id, PersonId = personId, CreatedAt = now, ExpiresAt = now + options.SessionLifetime,
            ProviderToken = providerToken is null ? null : master.Wrap(TokenOf(id), Encoding.UTF8.GetBytes(providerToken)),
        };
        await using var database = await databases.CreateDbContextAsync(cancellation);
        database.Add(session);
        try
        {
            await database.SaveChangesAsync(cancellation);
            return id;
        }
        catch (DbUpdateException conflict) when (conflict.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.ForeignKeyViolation })
        {
            return null;
        }
    }

    public async Task<LiveSession?> FindAsync(string id, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var found = await database.LoginSessions.AsNoTracking()
            .Where(session => session.Id == id && session.ExpiresAt > now)
            .Join(database.People.Include(person => person.Account), session => session.PersonId, person => person.Id, (session, person) => new { session.CreatedAt, session.ProviderToken, person })
            .SingleOrDefaultAsync(cancellation);
        return found is { person.Account: { } account } && options.Takes(account)
            ? new LiveSession(
                id, found.CreatedAt, found.person, account, found.ProviderToken is { } wrapped ? Encoding.UTF8.GetString(master.Unwrap(TokenOf(id), wrapped)) : null)
            : null;
    }

    public async Task EndAsync(string id, CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await database.LoginSessions.Where(session => session.Id == id).ExecuteDeleteAsync(cancellation);
    }

    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.LoginSessions.Where(session => session.ExpiresAt <= now).ExecuteDeleteAsync(cancellation);
    }

    private static string TokenOf(string id) => $"provider token of {id}";
}
