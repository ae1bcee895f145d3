using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// What the client of a connection is still to get, in the order of its requests: answers that the broker owes, and answers made here that wait for those before them. One task adds, and
/// waits while too much is under way; one takes out.
/// </summary>
internal sealed class AnswerQueue
{
    private const int MaximumCount = 256;

    /// <summary>Of answers made here; a broker's wait in its socket.</summary>
    private const int MaximumBytes = 1024 * 1024;

    private readonly Lock _gate = new();

    /// <summary>An answer is taken out when it has been sent.</summary>
    private readonly Queue<PendingAnswer> _pending = new();
    private long _bytes;
    private volatile int _held;
    private bool _isClosed;
    private TaskCompletionSource? _less;

    /// <summary>Adds what the broker owes.</summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    public async ValueTask AddAsync(PendingAnswer pending, CancellationToken cancellationToken)
    {
        await UntilAsync(MaximumCount - 1, long.MaxValue, int.MaxValue, cancellationToken);
        lock (_gate)
        {
            _pending.Enqueue(pending);
            _held += pending.MayBeHeld ? 1 : 0;
        }
    }

    /// <summary>Adds an answer made here; false: nothing is under way, so nobody else writes to the client, and it may be sent at once.</summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    public async ValueTask<bool> TryAddAsync(ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        await UntilAsync(MaximumCount - 1, MaximumBytes, int.MaxValue, cancellationToken);
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                return false;
            }

            _pending.Enqueue(new PendingAnswer(null, 0, answer));
            _bytes += answer.Length;
            return true;
        }
    }

    /// <summary>Waits until nothing is under way that a broker may hold.</summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    public ValueTask UntilNothingIsHeldAsync(CancellationToken cancellationToken) =>
        _held == 0 ? ValueTask.CompletedTask : UntilAsync(int.MaxValue, long.MaxValue, 0, cancellationToken);

    /// <summary>Waits until all has been sent.</summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    public ValueTask UntilEmptyAsync(CancellationToken cancellationToken) => UntilAsync(0, 0, 0, cancellationToken);

    /// <summary>What the next answer of the broker is for; null: it owes none.</summary>
    public PendingAnswer? First()
    {
        lock (_gate)
        {
            return _pending.TryPeek(out var first) ? first : null;
        }
    }

    /// <summary>Takes out the first, which has been sent. What comes next, if that is an answer made here.</summary>
    public PendingAnswer? Next()
    {
        TaskCompletionSource? less;
        PendingAnswer? made;
        lock (_gate)
        {
            var sent = _pending.Dequeue();
            _bytes -= sent.Answer.Length;
            _held -= sent.MayBeHeld ? 1 : 0;
            made = _pending.TryPeek(out var next) && next.IsMadeHere ? next : null;
            (less, _less) = (_less, null);
        }

        less?.SetResult();
        return made;
    }

    /// <summary>No answer comes any more: whoever waits is told.</summary>
    public void Close()
    {
        TaskCompletionSource? less;
        lock (_gate)
        {
            _isClosed = true;
            (less, _less) = (_less, null);
        }

        less?.SetResult();
    }

    /// <summary>Waits until no more than this is under way.</summary>
    private async ValueTask UntilAsync(int count, long bytes, int held, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task less;
            lock (_gate)
            {
                if (_isClosed)
                {
                    throw new IOException("The connection to the broker is gone.");
                }

                if (_pending.Count <= count && _bytes <= bytes && _held <= held)
                {
                    return;
                }

                _less ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                less = _less.Task;
            }

            await less.WaitAsync(cancellationToken);
        }
    }
}

/// <summary>An answer that is still to come: to a client's request, to a question of the gateway's own, or made here.</summary>
/// <param name="Exchange">The client's request that went to the broker.</param>
/// <param name="CorrelationId">Under which it went there.</param>
/// <param name="Answer">Made here; empty: the broker owes it.</param>
internal readonly record struct PendingAnswer(Exchange? Exchange, int CorrelationId, ReadOnlyMemory<byte> Answer, OwnQuestion? Own = null)
{
    public bool IsMadeHere => Exchange is null && Own is null;

    /// <summary>A broker may hold the request for as long as its client likes.</summary>
    public bool MayBeHeld => Exchange?.Api.Key is ApiKey.Fetch or ApiKey.ShareFetch or ApiKey.JoinGroup or ApiKey.SyncGroup;
}
