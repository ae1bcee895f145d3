namespace PartnerPlatform.Platform.Feed;

/// <summary>A snapshot whose changes readers follow.</summary>
public interface IFeedSource
{
    /// <summary>The document as it now is, or null while nobody has to know of it.</summary>
    FeedRow? ToFeed();
}

/// <param name="Key">See <see cref="Contracts.Feed.FeedKinds"/>.</param>
/// <param name="OrganizationId">Whose it is; partner admins follow their own changes only.</param>
/// <param name="Content">A record of the contracts, or null when it was removed.</param>
public sealed record FeedRow(string Key, string Audience, string? OrganizationId, object? Content);

/// <summary>Text of <see cref="Contracts.Feed.FeedAudience"/> in the tables; <see cref="Platform"/> is for subscribers of the API alone.</summary>
public static class Audiences
{
    public const string Gateway = "gateway";
    public const string Identity = "identity";
    public const string Platform = "platform";

    /// <summary>Kinds that only the API's subscribers are told of.</summary>
    public const string OrganizationKind = "organization";
    public const string PartnerZoneKind = "partnerZone";
}
