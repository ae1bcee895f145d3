using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Identity.Feed;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Database;

/// <summary>OpenIddict's tables, people and their logins, keys, and where in the feed clients and people stand. Schema: the SQL files beside this class.</summary>
internal sealed class IdentityDatabase(DbContextOptions<IdentityDatabase> options) : DbContext(options), IDataProtectionKeyContext
{
    public const string Schema = "identity";

    /// <summary>Of "virtual cluster.account", 63 + 1 + 128 characters.</summary>
    private const int LongestClientId = 200;

    public DbSet<StoredKey> SigningKeys => Set<StoredKey>();

    public DbSet<StoredCursor> Cursors => Set<StoredCursor>();

    public DbSet<Person> People => Set<Person>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<LoginSession> LoginSessions => Set<LoginSession>();

    public DbSet<LoginFailure> LoginFailures => Set<LoginFailure>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<StoredKey>(key =>
        {
            key.ToTable("signing_keys").HasKey(k => k.KeyId);
            key.Property(k => k.KeyId).HasColumnName("key_id");
            key.Property(k => k.CreatedAt).HasColumnName("created_at");
            key.Property(k => k.SignsFrom).HasColumnName("signs_from");
            key.Property(k => k.Wrapped).HasColumnName("wrapped");
        });
        modelBuilder.Entity<StoredCursor>(cursor =>
        {
            cursor.ToTable("feed_cursor").HasKey(c => c.Id);
            cursor.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
            cursor.Property(c => c.Value).HasColumnName("value");
            cursor.Property(c => c.AppliedAt).HasColumnName("applied_at");
        });
        modelBuilder.Entity<OpenIddictEntityFrameworkCoreApplication>().Property(client => client.ClientId).HasMaxLength(LongestClientId);
        modelBuilder.AddPeople();
        modelBuilder.AddLogins();
    }
}
