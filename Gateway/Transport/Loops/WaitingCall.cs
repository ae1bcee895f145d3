using System.Threading.Tasks.Sources;

namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>
/// A receive or send that waits for its loop, used again for the next one, so that waiting allocates nothing. Who calls begins it; a loop takes it, and ends it or gives it back. Only one
/// can have taken it, also while a channel goes over from one loop to another. What follows runs right where it ends.
/// </summary>
/// <param name="look">Has the loop look at it.</param>
internal sealed class WaitingCall(Action look) : IValueTaskSource<int>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<int> _outcome;
    private CancellationTokenRegistration _cancelling;
    private CancellationToken _cancellation;
    private volatile bool _isCancelled;
    private int _isWaiting;

    public bool IsWaiting => Volatile.Read(ref _isWaiting) != 0;

    public bool IsCancelled => _isCancelled;

    /// <summary>From here on a loop may take it. A full barrier: what was told before is seen after.</summary>
    /// <returns>What its task is known by.</returns>
    public short Begin(CancellationToken cancellation)
    {
        _outcome.Reset();
        _isCancelled = false;
        _cancellation = cancellation;
        _cancelling = cancellation.UnsafeRegister(static call => ((WaitingCall)call!).Cancel(), this);
        var version = _outcome.Version;
        Interlocked.Exchange(ref _isWaiting, 1);
        return version;
    }

    /// <summary>False: nothing waits, or somebody else has it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _isWaiting, 0, 1) == 1;

    /// <summary>It goes on waiting. A full barrier, as <see cref="Begin"/>.</summary>
    public void GiveBack() => Interlocked.Exchange(ref _isWaiting, 1);

    /// <summary>Ends it; for who has taken it, as the other ends are.</summary>
    public void Succeed(int bytes)
    {
        EndCancelling();
        _outcome.SetResult(bytes);
    }

    public void Fail(Exception reason)
    {
        EndCancelling();
        _outcome.SetException(reason);
    }

    public void BeCancelled() => Fail(new OperationCanceledException(_cancellation));

    public int GetResult(short token) => _outcome.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _outcome.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _outcome.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _outcome.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        _isCancelled = true;
        look();
    }

    /// <summary>Also waits for a cancellation that is being told right now, which would else hit the next call.</summary>
    private void EndCancelling() => _cancelling.Dispose();
}
