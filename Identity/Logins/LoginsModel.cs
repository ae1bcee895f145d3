using Microsoft.EntityFrameworkCore;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Logins;

internal static class LoginsModel
{
    public static void AddLogins(this ModelBuilder model)
    {
        model.Entity<LoginSession>(session =>
        {
            session.ToTable("login_sessions").HasKey(s => s.Id);
            session.Property(s => s.Id).HasColumnName("id");
            session.Property(s => s.PersonId).HasColumnName("person_id");
            session.Property(s => s.CreatedAt).HasColumnName("created_at");
            session.Property(s => s.ExpiresAt).HasColumnName("expires_at");
            session.Property(s => s.ProviderToken).HasColumnName("provider_token");
            session.HasOne<Person>().WithMany().HasForeignKey(s => s.PersonId);
        });
        model.Entity<LoginFailure>(failure =>
        {
            failure.ToTable("login_failures").HasKey(f => f.NameKey);
            failure.HasIndex(f => f.LastAt);
            failure.Property(f => f.NameKey).HasColumnName("name_key");
            failure.Property(f => f.Failures).HasColumnName("failures");
            failure.Property(f => f.BlockedUntil).HasColumnName("blocked_until");
            failure.Property(f => f.LastAt).HasColumnName("last_at");
        });
    }
}
