namespace PartnerPlatform.Identity.Logins;

/// <summary>Failed attempts since the last login under a name, whether anyone has that name or not.</summary>
internal sealed class LoginFailure
{
    public required string NameKey { get; init; }

    public required int Failures { get; init; }

    public DateTimeOffset? BlockedUntil { get; init; }

    public required DateTimeOffset LastAt { get; init; }
}
