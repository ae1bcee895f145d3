using System.Buffers.Binary;
using System.Threading.Channels;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
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

    private const int MaximumAnswer = int.MaxValue - 1024;

    /// <summary>Longest answer that is held as a whole; brokers send 55 MB by default, and a client that asks for more gets it from newer versions, which stream.</summary>
    private const int MaximumHeld = 256 * 1024 * 1024;

    /// <summary>Bytes of answers made here that wait for those before them; who asks for more waits.</summary>
    private const int MaximumQueued = 1024 * 1024;
    private const int CorrelationStart = FrameReader.SizeBytes;
    private const int ResponseHeader = FrameReader.SizeBytes + sizeof(int);

    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(2);

    private readonly Channel<Pending> _underWay = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaximumUnderWay) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _abort = new();
    private readonly GatewayParts _parts;
    private readonly ILogger _logger;
    private readonly Session _session;
    private readonly IByteChannel _client;
    private readonly FrameReader _answers;
    private readonly Walker _requestWalker = new();
    private readonly Walker _answerWalker = new();
    private readonly RequestVisitor _requestVisitor = new();
    private readonly BrokerRequest _brokerRequest = new();
    private readonly ResponseVisitor _answerVisitor;
    private Task _pump = Task.CompletedTask;
    private int _correlationId;
    private readonly SemaphoreSlim _sent = new(0);
    private long _queued;
    private long _bytesOut;

    public UpstreamRelay(GatewayParts parts, Session session, IByteChannel client, Upstream upstream)
    {
        _parts = parts;
        _logger = parts.Log;
        _session = session;
        _client = client;
        Upstream = upstream;
        _answers = new FrameReader(upstream.Channel);
        _answerVisitor = new ResponseVisitor(parts.Addresses);
    }

    /// <summary>Bytes sent to the client.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

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
        _requestWalker.Run(exchange.RequestTable, body, _requestVisitor, allowTrailing: true);
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
    private async Task<Node> AskBrokerAsync(ApiKey api, short version, Node request, CancellationToken cancellationToken)
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
                    await RelayAsync(pending.Exchange, pending.CorrelationId);
                }
                else if (pending.Own is not null)
                {
                    await pending.Own.TakeAsync(_answers, _abort.Token);
                }
                else
                {
                    await SendAsync(pending.Answer);
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

    private async Task RelayAsync(Exchange exchange, int correlationId)
    {
        var size = await _answers.NextSizeAsync(MaximumAnswer, _abort.Token) ?? throw new IOException("The broker closed the connection.");
        if (size < ResponseHeader - FrameReader.SizeBytes + exchange.Api.ResponseHeaderVersion(exchange.Version))
        {
            throw new InvalidFrameException("An answer is shorter than its header.");
        }

        var header = await _answers.PeekAsync(ResponseHeader, _abort.Token);
        if (BinaryPrimitives.ReadInt32BigEndian(header.Span[CorrelationStart..]) != correlationId)
        {
            throw new ConnectionRefusedException("The broker answered another request.");
        }

        BinaryPrimitives.WriteInt32BigEndian(header.Span[CorrelationStart..], exchange.CorrelationId);
        var bodyStart = ResponseHeader + (exchange.Api.ResponseHeaderVersion(exchange.Version) == 1 ? await HeaderTagsAsync(size) : 0);
        var table = exchange.ResponseTable;
        if (_parts.NodeApis.TryGetValue(exchange.Api.Key, out var api))
        {
            await RelayNodeAsync(exchange, api, size, bodyStart);
        }
        else if (table.IsLengthPreserving && exchange.State is null)
        {
            await RelayStreamAsync(exchange, table, size, bodyStart);
        }
        else
        {
            await RelayHeldAsync(exchange, table, size, bodyStart);
        }
    }

    /// <summary>Brokers put no tags into response headers; one that did is read over.</summary>
    private async Task<int> HeaderTagsAsync(int size)
    {
        var one = await _answers.PeekAsync(ResponseHeader + 1, _abort.Token);
        if (one.Span[ResponseHeader] == 0)
        {
            return 1;
        }

        var whole = await _answers.PeekAsync(FrameReader.SizeBytes + size, _abort.Token);
        var reader = new WireReader(whole.Span[ResponseHeader..]);
        for (var tags = reader.UnsignedVarInt(); tags > 0; tags--)
        {
            reader.UnsignedVarInt();
            reader.Take((int)Math.Min(reader.UnsignedVarInt(), int.MaxValue));
        }

        return reader.Position;
    }

    /// <summary>Patches in place while the bytes stream by: memory is bounded by the buffer, not by the answer.</summary>
    private async Task RelayStreamAsync(Exchange exchange, MessageTable table, int size, int bodyStart)
    {
        _answerVisitor.Start(exchange, _parts.ViewOf(_session.VirtualCluster));
        _answerWalker.Start(table, FrameReader.SizeBytes + size - bodyStart, _answerVisitor);
        var left = FrameReader.SizeBytes + size - bodyStart;

        // The header leaves together with the first part.
        var before = bodyStart;
        while (true)
        {
            var arrived = _answers.Arrived;
            var done = _answerWalker.Advance(arrived.Span[before..Math.Min(arrived.Length, before + left)]);
            if (done > 0 || _answerWalker.IsDone)
            {
                await SendAsync(arrived[..(before + done)]);
                _answers.Consume(before + done);
                left -= done;
                before = 0;
            }

            if (_answerWalker.IsDone)
            {
                return;
            }

            if (done == 0 || _answers.Arrived.Length == 0)
            {
                await _answers.MoreAsync(_abort.Token);
            }
        }
    }

    private async Task RelayHeldAsync(Exchange exchange, MessageTable table, int size, int bodyStart)
    {
        ThrowIfTooLong(size);
        var frame = await _answers.PeekAsync(FrameReader.SizeBytes + size, _abort.Token);
        _answerVisitor.Start(exchange, _parts.ViewOf(_session.VirtualCluster));
        _answerWalker.Run(table, frame.Span[bodyStart..], _answerVisitor);
        if (_answerWalker.Patches.Count > 0)
        {
            var writer = new WireWriter(frame.Length + Math.Max(0, Patch.Growth(_answerWalker.Patches)));
            writer.Bytes(frame.Span[..bodyStart]);
            Patch.Apply(frame.Span[bodyStart..], _answerWalker.Patches, writer);
            await SendAsync(With(exchange, RequestFrame.Sized(writer), bodyStart));
        }
        else
        {
            await SendAsync(With(exchange, frame, bodyStart));
        }

        _answers.Consume(frame.Length);
    }

    /// <summary>An answer with what was kept from the broker.</summary>
    private static ReadOnlyMemory<byte> With(Exchange exchange, ReadOnlyMemory<byte> frame, int bodyStart)
    {
        if (exchange.State is not WithheldTopics withheld)
        {
            return frame;
        }

        var answer = ReadAnswer(exchange, frame.Span[bodyStart..]);
        withheld.PutInto(answer);
        return RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, answer);
    }

    private async Task RelayNodeAsync(Exchange exchange, NodeApi api, int size, int bodyStart)
    {
        ThrowIfTooLong(size);
        var frame = await _answers.PeekAsync(FrameReader.SizeBytes + size, _abort.Token);
        exchange.MetUnknownTopicId = false;
        var node = ReadAnswer(exchange, frame.Span[bodyStart..]);
        api.Response(exchange, _parts.ViewOf(_session.VirtualCluster), node);
        if (exchange.MetUnknownTopicId && _parts.Clusters.Find(Upstream.Broker.Cluster) is { } watcher && await watcher.RefreshAsync(RefreshPatience))
        {
            node = ReadAnswer(exchange, frame.Span[bodyStart..]);
            api.Response(exchange, _parts.ViewOf(_session.VirtualCluster), node);
        }

        _answers.Consume(frame.Length);
        await SendAsync(RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, node));
    }

    private static void ThrowIfTooLong(int size)
    {
        if (size > MaximumHeld)
        {
            throw new ConnectionRefusedException($"An answer of {size} bytes would have to be held; {MaximumHeld} are allowed.");
        }
    }

    /// <summary>Bytes behind the message are dropped, as clients do: librdkafka's mock cluster ends Metadata 11 and up with a field that is no longer there.</summary>
    private static Node ReadAnswer(Exchange exchange, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        return MessageReader.Read(exchange.Api.Response, exchange.Version, ref reader);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _client.SendAsync(bytes, _abort.Token);
        _parts.Metrics.ToClient(bytes.Length);
        Volatile.Write(ref _bytesOut, _bytesOut + bytes.Length);
    }

    private readonly record struct Pending(Exchange? Exchange, int CorrelationId, ReadOnlyMemory<byte> Answer, OwnQuestion? Own = null);

    [LoggerMessage(LogLevel.Warning, "An answer of broker {Broker} of {Cluster} to {VirtualCluster} {Principal} is refused: {Reason}")]
    private partial void LogAnswerRefused(string? virtualCluster, string principal, string cluster, int broker, string reason);

    [LoggerMessage(LogLevel.Debug, "Broker {Broker} of {Cluster} or the client of {VirtualCluster} {Principal} is gone: {Reason}")]
    private partial void LogBroken(string? virtualCluster, string principal, string cluster, int broker, string reason);
}
