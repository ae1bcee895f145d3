using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// The broker's side of a client connection: requests go out, answers come back in the order of the requests, whoever made them. One task
/// reads the client and calls <see cref="ForwardAsync"/> and <see cref="EnqueueAsync"/>, one task here reads the broker. Whoever makes an answer the next one writes it to the client.
/// </summary>
public sealed partial class UpstreamRelay : IDisposable
{
    /// <summary>Requests under way on a connection; a client that sends more waits.</summary>
    private const int MaximumUnderWay = 256;

    /// <summary>Bytes of answers made here that wait for those before them; who asks for more waits.</summary>
    private const int MaximumQueued = 1024 * 1024;

    private readonly Lock _gate = new();

    /// <summary>What the client is still to get, in order; it is taken out when it has been sent.</summary>
    private readonly Queue<Pending> _underWay = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly GatewayParts _parts;
    private readonly ILogger _logger;
    private readonly Session _session;
    private readonly IByteChannel _client;
    private readonly AnswerRelay _answers;
    private readonly Walker _requestWalker = new();
    private readonly RequestVisitor _requestVisitor = new();
    private readonly PassthroughRequestVisitor _passthroughVisitor = new();
    private readonly BrokerRequest _brokerRequest = new();
    private Task _pump = Task.CompletedTask;
    private int _correlationId;
    private long _queued;

    /// <summary>Requests under way that brokers may hold for as long as their client likes.</summary>
    private volatile int _held;
    private volatile bool _isFinishing;
    private TaskCompletionSource? _less;

    public UpstreamRelay(GatewayParts parts, Session session, IByteChannel client, Upstream upstream)
    {
        _parts = parts;
        _logger = parts.Log;
        _session = session;
        _client = client;
        Upstream = upstream;
        _answers = new AnswerRelay(parts, session.VirtualCluster, client, upstream);
    }

    /// <summary>Bytes sent to the client.</summary>
    public long BytesOut => _answers.BytesOut;

    public Upstream Upstream { get; }

    public ConnectionMemory Memory { get; } = new();

    /// <summary>Length-changing patches of the last walked request.</summary>
    public IReadOnlyList<Patch> Patches => _requestWalker.Patches;

    /// <summary>True: no answer can come any more.</summary>
    public bool IsBroken => _pump.IsCompleted;

    /// <summary>Begins to read the broker, in the client's loop.</summary>
    /// <exception cref="IOException">The broker is gone.</exception>
    public void Start()
    {
        Upstream.Channel.Move(_client.Loop);
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Maps and checks a request; returns how long it is.</summary>
    public int Walk(Exchange exchange, Span<byte> body, bool onlyUnknownIds)
    {
        _requestVisitor.Start(exchange, onlyUnknownIds);
        _requestWalker.Run(exchange.RequestTable, body, exchange.IsPassthrough ? _passthroughVisitor : _requestVisitor, allowTrailing: true);
        return _requestWalker.Position;
    }

    /// <summary>
    /// Waits until nothing is under way that a broker may hold. It answers one request of a connection at a time: what is sent behind one that it holds it would carry out whenever that
    /// ends, also when the right to it, which was looked at before, has been withdrawn meanwhile.
    /// </summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    public ValueTask UntilNothingIsHeldAsync(CancellationToken cancellationToken) =>
        _held == 0 ? ValueTask.CompletedTask : UntilAsync(int.MaxValue, long.MaxValue, 0, cancellationToken);

    /// <summary>Sends an answer made here, behind those under way.</summary>
    public async ValueTask EnqueueAsync(ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        await UntilUnderWayAsync(MaximumUnderWay - 1, MaximumQueued, cancellationToken);
        lock (_gate)
        {
            if (_underWay.Count > 0)
            {
                _underWay.Enqueue(new Pending(null, 0, answer));
                _queued += answer.Length;
                return;
            }
        }

        // Nothing is under way, so nobody else writes to the client.
        await _answers.SendAsync(answer, cancellationToken);
    }

    /// <summary>Sends a request to the broker.</summary>
    /// <param name="frame">Its buffer is written to.</param>
    /// <param name="bodyLength">Bytes of the body that are sent on.</param>
    /// <param name="patches">Changes of the body's length.</param>
    /// <exception cref="IOException">The broker is gone.</exception>
    public async ValueTask ForwardAsync(Exchange exchange, RequestFrame frame, int bodyLength, IReadOnlyList<Patch> patches, CancellationToken cancellationToken)
    {
        if (Upstream.Session is { IsDue: true } session)
        {
            // Nothing else may be sent while it is renewed; this is the only sender, so it need only wait here.
            await session.LogInAsync(AskBrokerAsync, cancellationToken);
        }

        var id = ++_correlationId;
        var request = _brokerRequest.Of(frame, bodyLength, patches, exchange.View.Cluster.PrefixUtf8, id);
        if (exchange.ExpectsAnswer)
        {
            await QueueAsync(new Pending(exchange, id, default), cancellationToken);
        }

        await Upstream.Channel.SendAsync(request, cancellationToken);
    }

    /// <summary>Waits until the requests under way are answered, for so long at most; there will be no others.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        _isFinishing = true;
        if (patience > TimeSpan.Zero)
        {
            await Task.WhenAny(FlushAsync(), Task.Delay(patience, _parts.Time));
        }

        Abort();
        await _pump;
    }

    /// <summary>Waits until what is queued has left.</summary>
    public async Task FlushAsync()
    {
        try
        {
            await UntilUnderWayAsync(0, 0, _abort.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nothing more can leave.
        }
    }

    public void Abort()
    {
        try
        {
            _abort.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself in this moment.
        }

        Upstream.Channel.Abort();
    }

    public void Dispose()
    {
        Upstream.Channel.Abort();
        _answers.Dispose();
        _abort.Dispose();
    }

    /// <summary>A question of the gateway's own between the client's requests; its answer does not reach the client.</summary>
    public async Task<Node> AskBrokerAsync(ApiKey api, short version, Node request, CancellationToken cancellationToken)
    {
        var own = new OwnQuestion(api, version, ++_correlationId);
        await QueueAsync(new Pending(null, 0, default, own), cancellationToken);
        await Upstream.Channel.SendAsync(own.Frame(request), cancellationToken);
        return await own.AnswerAsync(_pump, cancellationToken);
    }

    private async ValueTask QueueAsync(Pending pending, CancellationToken cancellationToken)
    {
        await UntilUnderWayAsync(MaximumUnderWay - 1, long.MaxValue, cancellationToken);
        lock (_gate)
        {
            _underWay.Enqueue(pending);
            _held += pending.MayBeHeld ? 1 : 0;
        }
    }

    /// <summary>Waits until no more than this is under way.</summary>
    /// <exception cref="IOException">The connection to the broker is gone.</exception>
    private ValueTask UntilUnderWayAsync(int count, long bytes, CancellationToken cancellationToken) =>
        UntilAsync(count, bytes, int.MaxValue, cancellationToken);

    private async ValueTask UntilAsync(int count, long bytes, int held, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task less;
            lock (_gate)
            {
                if (IsBroken)
                {
                    throw new IOException("The connection to the broker is gone.");
                }

                if (_underWay.Count <= count && _queued <= bytes && _held <= held)
                {
                    return;
                }

                _less ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                less = _less.Task;
            }

            await Task.WhenAny(less, _pump).WaitAsync(cancellationToken);
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await _answers.Frames.NextSizeAsync(AnswerRelay.MaximumAnswer, _abort.Token) is { } size)
            {
                await TakeAsync(First() ?? throw new ConnectionRefusedException("The broker answers what nobody asked."), size);
                while (Next() is { } own)
                {
                    await _answers.SendAsync(own.Answer, _abort.Token);
                }
            }

            LogBroken(_session.VirtualCluster.Current?.Name, _session.Principal, Upstream.Broker.Cluster, Upstream.Broker.BrokerId, "The broker closed the connection.");
        }
        catch (OperationCanceledException)
        {
            // Aborted: whoever did it has said why.
        }
        catch (Exception e) when (e is ConnectionRefusedException or InvalidFrameException)
        {
            _parts.Metrics.Refused();
            LogAnswerRefused(_session.VirtualCluster.Current?.Name, _session.Principal, Upstream.Broker.Cluster, Upstream.Broker.BrokerId, e.Message);
        }
        catch (IOException e)
        {
            LogBroken(_session.VirtualCluster.Current?.Name, _session.Principal, Upstream.Broker.Cluster, Upstream.Broker.BrokerId, e.Message);
        }
        finally
        {
            // Without the broker there is nothing left to serve: the client reconnects to where the metadata sends it.
            if (!_isFinishing)
            {
                _client.Abort();
            }
        }
    }

    private ValueTask TakeAsync(Pending pending, int size) =>
        pending.Exchange is { } exchange ? _answers.RelayAsync(exchange, pending.CorrelationId, size, _abort.Token) : pending.Own!.TakeAsync(_answers.Frames, size, _abort.Token);

    private Pending? First()
    {
        lock (_gate)
        {
            return _underWay.TryPeek(out var first) ? first : null;
        }
    }

    /// <summary>Takes out what has been sent. What comes next, if that is an answer made here.</summary>
    private Pending? Next()
    {
        TaskCompletionSource? less;
        Pending? own;
        lock (_gate)
        {
            var sent = _underWay.Dequeue();
            _queued -= sent.Answer.Length;
            _held -= sent.MayBeHeld ? 1 : 0;
            own = _underWay.TryPeek(out var next) && next.IsMadeHere ? next : null;
            (less, _less) = (_less, null);
        }

        less?.SetResult();
        return own;
    }

    private readonly record struct Pending(Exchange? Exchange, int CorrelationId, ReadOnlyMemory<byte> Answer, OwnQuestion? Own = null)
    {
        public bool IsMadeHere => Exchange is null && Own is null;

        public bool MayBeHeld => Exchange?.Api.Key is ApiKey.Fetch or ApiKey.ShareFetch or ApiKey.JoinGroup or ApiKey.SyncGroup;
    }

    [LoggerMessage(LogLevel.Warning, "An answer of broker {Broker} of {Cluster} to {VirtualCluster} {Principal} is refused: {Reason}")]
    private partial void LogAnswerRefused(string? virtualCluster, string principal, string cluster, int broker, string reason);

    [LoggerMessage(LogLevel.Debug, "Broker {Broker} of {Cluster} or the client of {VirtualCluster} {Principal} is gone: {Reason}")]
    private partial void LogBroken(string? virtualCluster, string principal, string cluster, int broker, string reason);
}
