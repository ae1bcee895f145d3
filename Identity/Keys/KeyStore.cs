using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;

namespace PartnerPlatform.Identity.Keys;

/// <summary>The keys in the database; several instances of Identity share them.</summary>
internal sealed partial class KeyStore(
    IDbContextFactory<IdentityDatabase> databases, MasterKey masterKey, IdentityOptions options, TimeProvider time, ILogger<KeyStore> logger)
{
    /// <summary>Carries out what the plan asks for now, and answers all keys.</summary>
    public async Task<IReadOnlyList<StoredKey>> MaintainAsync(CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        // Two instances must not both find that a key is due.
        await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('identity.signing_keys'))", cancellation);
        var keys = await database.SigningKeys.AsNoTracking().ToListAsync(cancellation);
        var now = time.GetUtcNow();
        var plan = RotationPlan.At(now, keys.Select(key => (key.KeyId, key.SignsFrom)), options.KeyRotation, options.KeyAnnounce, options.LongestToken);
        if (plan.CreateSigningFrom is { } signsFrom)
        {
            var key = SigningKey.Create(masterKey, now, signsFrom);
            database.SigningKeys.Add(key);
            await database.SaveChangesAsync(cancellation);
            keys.Add(key);
            KeyCreated(key.KeyId, signsFrom);
        }

        if (plan.Expired.Count > 0)
        {
            await database.SigningKeys.Where(key => plan.Expired.Contains(key.KeyId)).ExecuteDeleteAsync(cancellation);
            keys.RemoveAll(key => plan.Expired.Contains(key.KeyId));
            KeysRemoved(string.Join(", ", plan.Expired));
        }

        await transaction.CommitAsync(cancellation);
        return keys;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "signing key {KeyId} created, signs from {SignsFrom:O}")]
    private partial void KeyCreated(string keyId, DateTimeOffset signsFrom);

    [LoggerMessage(Level = LogLevel.Information, Message = "signing keys removed, all their tokens have expired: {KeyIds}")]
    private partial void KeysRemoved(string keyIds);
}
