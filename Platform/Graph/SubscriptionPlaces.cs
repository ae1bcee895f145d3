using System.Collections.Concurrent;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>How many subscriptions a caller has open, over all its connections: each of them reads the database when something changes. Thread-safe.</summary>
public sealed class SubscriptionPlaces
{
    public const int Maximum = 100;

    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    public static RefusedError Refused => new(new Refusal(Codes.LimitReached, $"One caller has at most {Maximum} subscriptions open.", Retriable: true));

    /// <summary>A place, until it is disposed of; null: the caller has as many as it may have.</summary>
    public IDisposable? Take(Caller caller)
    {
        if (_open.AddOrUpdate(caller.Name, 1, (_, open) => open + 1) <= Maximum)
        {
            return new Place(this, caller.Name);
        }

        Leave(caller.Name);
        return null;
    }

    private void Leave(string caller)
    {
        var left = _open.AddOrUpdate(caller, 0, (_, open) => open - 1);
        if (left == 0)
        {
            // Only if it is still none.
            _open.TryRemove(new(caller, 0));
        }
    }

    private sealed class Place(SubscriptionPlaces all, string caller) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                all.Leave(caller);
            }
        }
    }
}
