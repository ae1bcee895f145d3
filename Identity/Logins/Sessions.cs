using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Logins;

/// <summary>A session that is good now, and whose it is.</summary>
internal sealed record LiveSession(string Id, DateTimeOffset CreatedAt, Person Person, Account Account);

/// <summary>The logins there are.</summary>
internal sealed class Sessions(IDbContextFactory<IdentityDatabase> databases, IdentityOptions options, TimeProvider time)
{
    private const int IdBytes = 32;

    /// <returns>Its id; null when the person is gone.</returns>
    public async Task<string?> BeginAsync(string personId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var session = new LoginSession
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), PersonId = personId, CreatedAt = now, ExpiresAt = now + options.SessionLifetime,
        };
        await using var database = await databases.CreateDbContextAsync(cancellation);
        database.Add(session);
        try
        {
            await database.SaveChangesAsync(cancellation);
            return session.Id;
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
            .Join(database.People.Include(person => person.Account), session => session.PersonId, person => person.Id, (session, person) => new { session.CreatedAt, person })
            .SingleOrDefaultAsync(cancellation);
        return found is { person.Account: { } account } ? new LiveSession(id, found.CreatedAt, found.person, account) : null;
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
}
