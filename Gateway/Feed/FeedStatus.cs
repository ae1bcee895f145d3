using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>How the node stands to the control plane.</summary>
public sealed class FeedStatus(GatewayOptions options, TimeProvider time)
{
    /// <summary>Until a node that the control plane refuses, and does not merely fail to answer, takes no more clients: it was removed, and decisions do not reach it any more.</summary>
    private static readonly TimeSpan RefusedLimit = TimeSpan.FromMinutes(10);

    private long _lastContact;
    private long _refusedSince;

    /// <summary>Feed cursor that the model stands at; null = there is no state yet.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Highest number applied.</summary>
    public long Number { get; private set; }

    /// <summary>Why the feed does not move on; null = it does.</summary>
    public string? Problem { get; set; }

    public DateTimeOffset? LastContact => Interlocked.Read(ref _lastContact) is var ticks && ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    /// <summary>Why no new connections are taken, for the log; null: they are.</summary>
    public string? Barrier =>
        options.MaxStateAge > TimeSpan.Zero && LastContact is { } last && time.GetUtcNow() - last > options.MaxStateAge ? "the node is out of touch with the control plane for longer than GATEWAY_MAX_STATE_AGE"
        : Interlocked.Read(ref _refusedSince) is var since and not 0 && time.GetUtcNow().UtcTicks - since > RefusedLimit.Ticks ? "the control plane refuses the node; was it removed?"
        : null;

    public void At(string cursor)
    {
        Cursor = cursor;
        Number = long.TryParse(cursor.Split(':')[0], out var number) ? number : 0;
    }

    public void InTouch(DateTimeOffset at)
    {
        Interlocked.Exchange(ref _lastContact, at.UtcTicks);
        Interlocked.Exchange(ref _refusedSince, 0);
    }

    /// <param name="isRefusal">The control plane does not take the node's credentials; else it is away.</param>
    public void Failed(DateTimeOffset at, bool isRefusal)
    {
        if (!isRefusal)
        {
            Interlocked.Exchange(ref _refusedSince, 0);
        }
        else
        {
            Interlocked.CompareExchange(ref _refusedSince, at.UtcTicks, 0);
        }
    }
}
