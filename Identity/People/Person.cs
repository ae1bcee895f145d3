using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Identity.People;

/// <summary>Someone who may log in, as Platform decided; a row is gone as soon as Platform says so, and with it all that hangs on it.</summary>
internal sealed class Person
{
    /// <summary>The <c>sub</c> of tokens.</summary>
    public required string Id { get; init; }

    public required string Role { get; set; }

    public string? OrganizationId { get; set; }

    /// <summary>Unix seconds; logins from before have ended.</summary>
    public required long IssuedBefore { get; set; }

    /// <summary>Null, with what follows it, for those whom the identity provider lets in.</summary>
    public OneTimeCodeKind? CodeKind { get; set; }

    public string? CodeHash { get; set; }

    /// <summary>Unix seconds.</summary>
    public long? CodeExpiresAt { get; set; }

    /// <summary>Null until the invitation is accepted.</summary>
    public Account? Account { get; set; }
}
