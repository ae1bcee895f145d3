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
    private readonly AnswerQueue _queue = new();
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
    private volatile bool _isFinishing;

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
    public ValueTask UntilNothingIsHeldAsync(CancellationToken cancellationToken) => _queue.UntilNothingIsHeldAsync(cancellationToken);

    /// <summary>Sends an answer made here, behind those under way.</summary>
    public async ValueTask EnqueueAsync(ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        if (!await _queue.TryAddAsync(answer, cancellationToken))
        {
            await _answers.SendAsync(answer, cancellationToken);
        }
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
            await _queue.AddAsync(new PendingAnswer(exchange, id, default), cancellationToken);
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
            await _queue.UntilEmptyAsync(_abort.Token);
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
        await _queue.AddAsync(new PendingAnswer(null, 0, default, own), cancellationToken);
        await Upstream.Channel.SendAsync(own.Frame(request), cancellationToken);
        return await own.AnswerAsync(_pump, cancellationToken);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await _answers.Frames.NextSizeAsync(AnswerRelay.MaximumAnswer, _abort.Token) is { } size)
            {
                await TakeAsync(_queue.First() ?? throw new ConnectionRefusedException("The broker answers what nobody asked."), size);
                while (_queue.Next() is { } own)
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
            _queue.Close();

            // Without the broker there is nothing left to serve: the client reconnects to where the metadata sends it.
            if (!_isFinishing)
            {
                _client.Abort();
            }
        }
    }

    private ValueTask TakeAsync(PendingAnswer pending, int size) =>
        pending.Exchange is { } exchange ? _answers.RelayAsync(exchange, pending.CorrelationId, size, _abort.Token) : pending.Own!.TakeAsync(_answers.Frames, size, _abort.Token);

    [LoggerMessage(LogLevel.Warning, "An answer of broker {Broker} of {Cluster} to {VirtualCluster} {Principal} is refused: {Reason}")]
    private partial void LogAnswerRefused(string? virtualCluster, string principal, string cluster, int broker, string reason);

    [LoggerMessage(LogLevel.Debug, "Broker {Broker} of {Cluster} or the client of {VirtualCluster} {Principal} is gone: {Reason}")]
    private partial void LogBroken(string? virtualCluster, string principal, string cluster, int broker, string reason);
}
