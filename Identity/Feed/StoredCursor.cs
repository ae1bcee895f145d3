namespace PartnerPlatform.Identity.Feed;

/// <summary>Where in Platform's feed the clients of this database stand; one row.</summary>
internal sealed class StoredCursor
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    public required string Value { get; init; }

    public required DateTimeOffset AppliedAt { get; init; }
}
