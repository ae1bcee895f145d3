namespace PartnerPlatform.Identity.People;

/// <summary>What only Identity knows of a person: names, password, second factor. It leaves this database never, but for the display name.
/// Who logs in at the identity provider has no login name, no password and no second factor here.</summary>
internal sealed class Account
{
    public required string PersonId { get; init; }

    public string? LoginName { get; set; }

    /// <summary><see cref="People.LoginName.Key"/> of the login name; unique.</summary>
    public string? NameKey { get; set; }

    public required string DisplayName { get; set; }

    public string? PasswordHash { get; set; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Hash of the last one-time code that was used: none works twice.</summary>
    public string? UsedCodeHash { get; set; }

    /// <summary>Secret of the second factor under the master key; null = there is none.</summary>
    public byte[]? SecondFactor { get; set; }

    /// <summary>Time step of the last second-factor code that was taken: none works twice.</summary>
    public long SecondFactorStep { get; set; }

    /// <summary>Issuer of the provider that vouches for the person; null = the password does.</summary>
    public string? Issuer { get; init; }

    /// <summary>Role and organisation that Platform has let the person in with; null = none: the provider gave no role at the last login.</summary>
    public string? AdmittedAs { get; set; }

    /// <summary>When the person last logged out everywhere; Platform is told.</summary>
    public DateTimeOffset? EndedBefore { get; set; }

    /// <summary>Goes up with every change that Platform is told of.</summary>
    public int Revision { get; set; }

    public int ReportedRevision { get; set; }
}
