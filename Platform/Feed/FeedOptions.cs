namespace PartnerPlatform.Platform.Feed;

/// <param name="Hold">How long a request without news is held; a little less than proxies' usual 30 s.</param>
/// <param name="MaximumLag">Entries behind after which a reader gets a snapshot.</param>
/// <param name="PageSize">Entries in one answer at most.</param>
/// <param name="PollWithoutNotify">How often a held request looks by itself, should the listening connection be away.</param>
public sealed record FeedOptions(TimeSpan Hold, long MaximumLag, int PageSize, TimeSpan PollWithoutNotify)
{
    public static readonly FeedOptions Default = new(TimeSpan.FromSeconds(25), 10_000, 1_000, TimeSpan.FromSeconds(2));
}
