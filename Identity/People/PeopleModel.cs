using Microsoft.EntityFrameworkCore;

namespace PartnerPlatform.Identity.People;

internal static class PeopleModel
{
    public static void AddPeople(this ModelBuilder model)
    {
        model.Entity<Person>(person =>
        {
            person.ToTable("people").HasKey(p => p.Id);
            person.HasIndex(p => p.CodeHash);
            person.Property(p => p.Id).HasColumnName("id");
            person.Property(p => p.Role).HasColumnName("role");
            person.Property(p => p.OrganizationId).HasColumnName("organization_id");
            person.Property(p => p.IssuedBefore).HasColumnName("issued_before");
            person.Property(p => p.CodeKind).HasColumnName("code_kind").HasConversion<string>();
            person.Property(p => p.CodeHash).HasColumnName("code_hash");
            person.Property(p => p.CodeExpiresAt).HasColumnName("code_expires_at");
            person.HasOne(p => p.Account).WithOne().HasForeignKey<Account>(a => a.PersonId);
        });
        model.Entity<Account>(account =>
        {
            account.ToTable("accounts").HasKey(a => a.PersonId);
            account.HasIndex(a => a.NameKey).IsUnique();
            account.Property(a => a.PersonId).HasColumnName("person_id");
            account.Property(a => a.LoginName).HasColumnName("login_name");
            account.Property(a => a.NameKey).HasColumnName("name_key");
            account.Property(a => a.DisplayName).HasColumnName("display_name");
            account.Property(a => a.PasswordHash).HasColumnName("password_hash");
            account.Property(a => a.AcceptedAt).HasColumnName("accepted_at");
            account.Property(a => a.UsedCodeHash).HasColumnName("used_code_hash");
            account.Property(a => a.SecondFactor).HasColumnName("second_factor");
            account.Property(a => a.SecondFactorStep).HasColumnName("second_factor_step");
            account.Property(a => a.Issuer).HasColumnName("issuer");
            account.Property(a => a.AdmittedAs).HasColumnName("admitted_as");
            account.Property(a => a.EndedBefore).HasColumnName("ended_before");
            account.Property(a => a.Revision).HasColumnName("revision");
            account.Property(a => a.ReportedRevision).HasColumnName("reported_revision");
        });
    }
}
