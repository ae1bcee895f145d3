namespace PartnerPlatform.Gateway.Upstream;

/// <summary>
/// Holds back logins at one broker address. Few are under way at a time until one was taken, and after one that was refused nobody tries for a while, twice as long after each
/// further one: a thousand clients that come at once are no thousand wrong logins, which brokers would count against the gateway.
/// </summary>
internal sealed class LoginGate(TimeProvider time) : IDisposable
{
    /// <summary>Logins under way before the first was taken, and afterwards.</summary>
    private const int AtOnceUnproven = 8;

    private const int AtOnce = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>Longer than a login may take: whoever tries again after a refusal is alone for so long.</summary>
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turns = new(AtOnceUnproven, AtOnce);
    private readonly Lock _lock = new();
    private BrokerRefusedException? _refusal;
    private int _refusals;
    private bool _isProven;
    private bool _isTrial;
    private long _closedUntil;

    /// <summary>Waits for a turn; <see cref="Leave"/> gives it back.</summary>
    /// <exception cref="BrokerRefusedException">The last one was refused, and it is too early to try again.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed(claim: false);
        await _turns.WaitAsync(cancellationToken);
        try
        {
            // Those who waited see what became of those before them.
            ThrowIfClosed(claim: true);
        }
        catch
        {
            _turns.Release();
            throw;
        }
    }

    public void Leave() => _turns.Release();

    public void Succeeded()
    {
        lock (_lock)
        {
            (_refusal, _refusals, _closedUntil, _isTrial) = (null, 0, 0, false);
            if (!_isProven)
            {
                _isProven = true;
                _turns.Release(AtOnce - AtOnceUnproven);
            }
        }
    }

    /// <summary>Nobody was there to refuse: where this was the one trial, the next may try.</summary>
    public void Undecided()
    {
        lock (_lock)
        {
            if (_isTrial)
            {
                (_closedUntil, _isTrial) = (0, false);
            }
        }
    }

    /// <summary>For renewals, which take no turn: they may have to wait behind requests of a client.</summary>
    /// <exception cref="BrokerRefusedException">The last login was refused, and it is too early to try again.</exception>
    public void ThrowIfClosed() => ThrowIfClosed(claim: false);

    /// <summary>Closes for a while; returns how long.</summary>
    public TimeSpan Refused(BrokerRefusedException refusal)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_refusal is not null && !_isTrial && now < _closedUntil)
            {
                // Another of those who had entered together: one refusal, not many.
                return time.GetElapsedTime(now, _closedUntil);
            }

            var pause = FirstPause * Math.Pow(2, Math.Min(_refusals++, 10));
            pause = (pause < LongestPause ? pause : LongestPause) * (0.8 + (Random.Shared.NextDouble() * 0.4));
            (_refusal, _closedUntil, _isTrial) = (refusal, now + Ticks(pause), false);
            return pause;
        }
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>By the clock that nobody sets: a corrected time of day must not keep a gate closed.</summary>
    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private void ThrowIfClosed(bool claim)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_refusal is null)
            {
                return;
            }

            if (now < _closedUntil)
            {
                throw new BrokerRefusedException(_refusal.Message, _refusal);
            }

            if (claim)
            {
                (_closedUntil, _isTrial) = (now + Ticks(TrialTime), true);
            }
        }
    }
}
