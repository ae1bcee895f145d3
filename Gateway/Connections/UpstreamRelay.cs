using System.Buffers.Binary;
using System.Threading.Channels;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// The broker's side of a client connection: requests go out, answers come back in the order of the requests, whoever made them. One task
/// reads the client and calls <see cref="ForwardAsync"/>, one task here reads the broker and alone writes to the client.
/// </summary>
public sealed partial class UpstreamRelay : IDisposable
{
    /// <summary>Requests under way on a connection; a client that sends more waits.</summary>
    private const int MaximumUnderWay = 256;

    /// <summary>Bytes of answers made here that wait for those before them; who asks for more waits.</summary>
    private const int MaximumQueued = 1024 * 1024;

    private readonly Channel<Pending> _underWay = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaximumUnderWay) { SingleReader = true, SingleWriter = true });
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
    private readonly SemaphoreSlim _sent = new(0);
    private long _queued;

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

    public void Start() => _pump = Task.Run(PumpAsync);

    /// <summary>Maps and checks a request; returns how long it is.</summary>
    public int Walk(Exchange exchange, Span<byte> body, bool onlyUnknownIds)
    {
        _requestVisitor.Start(exchange, onlyUnknownIds);
        _requestWalker.Run(exchange.RequestTable, body, exchange.IsPassthrough ? _passthroughVisitor : _requestVisitor, allowTrailing: true);
        return _requestWalker.Position;
    }

    /// <summary>Queues an answer made here behind those under way.</summary>
    public async ValueTask EnqueueAsync(ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _queued) > MaximumQueued && !_pump.IsCompleted)
        {
            await Task.WhenAny(_pump, _sent.WaitAsync(cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        Interlocked.Add(ref _queued, answer.Length);
        await QueueAsync(new Pending(null, 0, answer), cancellationToken);
    }

    /// <summary>Sends a request to the broker.</summary>
    /// <exception cref="IOException">The broker is gone.</exception>
    public async ValueTask ForwardAsync(Exchange exchange, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (Upstream.Session is { IsDue: true } session)
        {
            // Nothing else may be sent while it is renewed; this is the only sender, so it need only wait here.
            await session.LogInAsync(AskBrokerAsync, cancellationToken);
        }

        var id = ++_correlationId;
        var (first, second) = _brokerRequest.Of(frame, exchange.View.Cluster.PrefixUtf8, id);
        if (exchange.ExpectsAnswer)
        {
            await QueueAsync(new Pending(exchange, id, default), cancellationToken);
        }

        await Upstream.Channel.SendAsync(first, cancellationToken);
        if (second.Length > 0)
        {
            await Upstream.Channel.SendAsync(second, cancellationToken);
        }
    }

    /// <summary>Takes no more requests and waits until those under way are answered.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        _underWay.Writer.TryComplete();
        if (patience > TimeSpan.Zero)
        {
            await Task.WhenAny(_pump, Task.Delay(patience, _parts.Time));
        }

        Abort();
        await _pump;
    }

    /// <summary>Waits until what is queued has left.</summary>
    public async Task FlushAsync()
    {
        _underWay.Writer.TryComplete();
        await _pump;
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
        _sent.Dispose();
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
        try
        {
            await _underWay.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException("The connection to the broker is gone.", e);
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var pending in _underWay.Reader.ReadAllAsync(_abort.Token))
            {
                if (pending.Exchange is not null)
                {
                    await _answers.RelayAsync(pending.Exchange, pending.CorrelationId, _abort.Token);
                }
                else if (pending.Own is not null)
                {
                    await pending.Own.TakeAsync(_answers.Frames, _abort.Token);
                }
                else
                {
                    await _answers.SendAsync(pending.Answer, _abort.Token);
                    if (Interlocked.Add(ref _queued, -pending.Answer.Length) <= MaximumQueued && _sent.CurrentCount == 0)
                    {
                        _sent.Release();
                    }
                }
            }
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
            if (!_underWay.Reader.Completion.IsCompleted)
            {
                _underWay.Writer.TryComplete();
                _client.Abort();
            }
        }
    }

    private readonly record struct Pending(Exchange? Exchange, int CorrelationId, ReadOnlyMemory<byte> Answer, OwnQuestion? Own = null);

    [LoggerMessage(LogLevel.Warning, "An answer of broker {Broker} of {Cluster} to {VirtualCluster} {Principal} is refused: {Reason}")]
    private partial void LogAnswerRefused(string? virtualCluster, string principal, string cluster, int broker, string reason);

    [LoggerMessage(LogLevel.Debug, "Broker {Broker} of {Cluster} or the client of {VirtualCluster} {Principal} is gone: {Reason}")]
    private partial void LogBroken(string? virtualCluster, string principal, string cluster, int broker, string reason);
}
