namespace PartnerPlatform.Identity.Logins;

/// <summary>A login in one browser. Cookies and refresh tokens are good as long as its row is there.</summary>
internal sealed class LoginSession
{
    /// <summary>Random; new at every login.</summary>
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The provider's ID token under the master key, for logging out there; null = that is not asked for.</summary>
    public byte[]? ProviderToken { get; init; }
}
