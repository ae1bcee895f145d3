namespace PartnerPlatform.Identity.Feed;

/// <summary>How following the feed goes, for <c>/health/ready</c>.</summary>
/// <param name="LastContact">When Platform last answered; null = not since this start.</param>
/// <param name="Fault">Why the last attempt failed; null = it did not.</param>
internal sealed record FeedState(DateTimeOffset? LastContact, string? Fault);

internal sealed class FeedStatus(TimeProvider time)
{
    private volatile FeedState _state = new(null, null);

    public FeedState State => _state;

    public void Reached() => _state = new FeedState(time.GetUtcNow(), null);

    public void Failed(string fault) => _state = _state with { Fault = fault };
}
