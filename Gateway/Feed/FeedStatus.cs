using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>How the node stands to the control plane.</summary>
public sealed class FeedStatus(GatewayOptions options, TimeProvider time)
{
    private long _lastContact;

    /// <summary>Feed cursor that the model stands at; null = there is no state yet.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Highest number applied.</summary>
    public long Number { get; private set; }

    /// <summary>Why the feed does not move on; null = it does.</summary>
    public string? Problem { get; set; }

    public DateTimeOffset? LastContact => Interlocked.Read(ref _lastContact) is var ticks && ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    /// <summary>True: out of touch for longer than GATEWAY_MAX_STATE_AGE; no new connections are taken.</summary>
    public bool IsTooOld => options.MaxStateAge > TimeSpan.Zero && LastContact is { } last && time.GetUtcNow() - last > options.MaxStateAge;

    public void At(string cursor)
    {
        Cursor = cursor;
        Number = long.TryParse(cursor.Split(':')[0], out var number) ? number : 0;
    }

    public void InTouch(DateTimeOffset at) => Interlocked.Exchange(ref _lastContact, at.UtcTicks);
}
