using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// Brokers' answers on their way to a client, in the tenant's terms: streamed where the length stays, else held as a whole. One task uses it.
/// </summary>
internal sealed class AnswerRelay(GatewayParts parts, VirtualClusterHandle virtualCluster, IByteChannel client, Upstream upstream) : IDisposable
{
    /// <summary>Longest answer; of one that streams no more than a buffer is held.</summary>
    public const int MaximumAnswer = int.MaxValue - 1024 * 1024;

    /// <summary>Longest answer that is held as a whole; brokers send 55 MB by default, and a client that asks for more gets it from newer versions, which stream.</summary>
    private const int MaximumHeld = 256 * 1024 * 1024;

    private const int CorrelationStart = FrameReader.SizeBytes;
    private const int ResponseHeader = FrameReader.SizeBytes + sizeof(int);

    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(2);

    private readonly Walker _walker = new();
    private readonly ResponseVisitor _visitor = new(parts.Addresses);
    private readonly PassthroughResponseVisitor _passthroughVisitor = new(parts.Addresses, upstream.Broker.Cluster);

    /// <summary>For answers whose length changes.</summary>
    private readonly WireWriter _written = new();
    private long _bytesOut;

    /// <summary>What comes from the broker.</summary>
    public FrameReader Frames { get; } = new(upstream.Channel);

    /// <summary>Bytes sent to the client.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Relays the next answer, which must be that to a request.</summary>
    /// <param name="correlationId">The gateway's.</param>
    /// <param name="size">The frame's, which has arrived.</param>
    /// <exception cref="IOException">The broker or the client is gone.</exception>
    /// <exception cref="InvalidFrameException">It is no answer of that API and version.</exception>
    /// <exception cref="ConnectionRefusedException">It may not be shown.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RelayAsync(Exchange exchange, int correlationId, int size, CancellationToken cancellationToken)
    {
        if (size < ResponseHeader - FrameReader.SizeBytes + exchange.Api.ResponseHeaderVersion(exchange.Version))
        {
            throw new InvalidFrameException("An answer is shorter than its header.");
        }

        var header = await Frames.PeekAsync(ResponseHeader, cancellationToken);
        if (BinaryPrimitives.ReadInt32BigEndian(header.Span[CorrelationStart..]) != correlationId)
        {
            throw new ConnectionRefusedException("The broker answered another request.");
        }

        BinaryPrimitives.WriteInt32BigEndian(header.Span[CorrelationStart..], exchange.CorrelationId);
        var bodyStart = ResponseHeader + (exchange.Api.ResponseHeaderVersion(exchange.Version) == 1 ? await HeaderTagsAsync(size, cancellationToken) : 0);
        var table = exchange.ResponseTable;
        if (exchange.IsPassthrough && PassthroughApis.ReadsAnswer(exchange.Api.Key))
        {
            await RelayAddressesAsync(exchange, size, bodyStart, cancellationToken);
        }
        else if (!exchange.IsPassthrough && parts.NodeApis.TryGetValue(exchange.Api.Key, out var api))
        {
            await RelayNodeAsync(exchange, api, size, bodyStart, cancellationToken);
        }
        else if (table.IsLengthPreserving && exchange.State is null)
        {
            await RelayStreamAsync(exchange, table, size, bodyStart, cancellationToken);
        }
        else
        {
            await RelayHeldAsync(exchange, table, size, bodyStart, cancellationToken);
        }
    }

    /// <summary>Brokers put no tags into response headers; one that did is read over.</summary>
    private async Task<int> HeaderTagsAsync(int size, CancellationToken cancellationToken)
    {
        var one = await Frames.PeekAsync(ResponseHeader + 1, cancellationToken);
        if (one.Span[ResponseHeader] == 0)
        {
            return 1;
        }

        var whole = await Frames.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        var reader = new WireReader(whole.Span[ResponseHeader..]);
        for (var tags = reader.UnsignedVarInt(); tags > 0; tags--)
        {
            reader.UnsignedVarInt();
            reader.Take((int)Math.Min(reader.UnsignedVarInt(), int.MaxValue));
        }

        return reader.Position;
    }

    /// <summary>Patches in place while the bytes stream by: memory is bounded by the buffer, not by the answer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RelayStreamAsync(Exchange exchange, MessageTable table, int size, int bodyStart, CancellationToken cancellationToken)
    {
        _walker.Start(table, FrameReader.SizeBytes + size - bodyStart, VisitorOf(exchange));
        var left = FrameReader.SizeBytes + size - bodyStart;

        // The header leaves together with the first part.
        var before = bodyStart;
        while (true)
        {
            var arrived = Frames.Arrived;
            var done = _walker.Advance(arrived.Span[before..Math.Min(arrived.Length, before + left)]);
            if (done > 0 || _walker.IsDone)
            {
                await SendAsync(arrived[..(before + done)], cancellationToken);
                Frames.Consume(before + done);
                left -= done;
                before = 0;
            }

            if (_walker.IsDone)
            {
                return;
            }

            if (done == 0 || Frames.Arrived.Length == 0)
            {
                await Frames.MoreAsync(cancellationToken);
            }
        }
    }

    private FieldVisitor VisitorOf(Exchange exchange)
    {
        if (exchange.IsPassthrough)
        {
            return _passthroughVisitor;
        }

        _visitor.Start(exchange, parts.ViewOf(virtualCluster, exchange.Memory, exchange.View));
        return _visitor;
    }

    private async Task RelayAddressesAsync(Exchange exchange, int size, int bodyStart, CancellationToken cancellationToken)
    {
        ThrowIfTooLong(size);
        var frame = await Frames.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        var node = ReadAnswer(exchange, frame.Span[bodyStart..]);
        parts.Passthrough.ToClient(exchange.Api.Key, exchange.Version, node, upstream.Broker.Cluster);
        Frames.Consume(frame.Length);
        await SendAsync(RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, node), cancellationToken);
    }

    private async Task RelayHeldAsync(Exchange exchange, MessageTable table, int size, int bodyStart, CancellationToken cancellationToken)
    {
        ThrowIfTooLong(size);
        var frame = await Frames.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        _walker.Run(table, frame.Span[bodyStart..], VisitorOf(exchange));
        if (_walker.Patches.Count > 0)
        {
            _written.Clear(frame.Length + Math.Max(0, Patch.Growth(_walker.Patches)));
            _written.Bytes(frame.Span[..bodyStart]);
            Patch.Apply(frame.Span[bodyStart..], _walker.Patches, _written);
            await SendAsync(With(exchange, RequestFrame.Sized(_written), bodyStart), cancellationToken);
        }
        else
        {
            await SendAsync(With(exchange, frame, bodyStart), cancellationToken);
        }

        Frames.Consume(frame.Length);
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

    private async Task RelayNodeAsync(Exchange exchange, NodeApi api, int size, int bodyStart, CancellationToken cancellationToken)
    {
        ThrowIfTooLong(size);
        var frame = await Frames.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        exchange.WantsFreshLook = false;
        var node = ReadAnswer(exchange, frame.Span[bodyStart..]);
        api.Response(exchange, parts.ViewOf(virtualCluster, exchange.Memory, exchange.View), node);
        if (exchange.WantsFreshLook && parts.Clusters.Find(upstream.Broker.Cluster) is { } watcher && await watcher.RefreshAsync(RefreshPatience))
        {
            node = ReadAnswer(exchange, frame.Span[bodyStart..]);
            api.Response(exchange, parts.ViewOf(virtualCluster, exchange.Memory, exchange.View), node);
        }

        Frames.Consume(frame.Length);
        await SendAsync(RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, node), cancellationToken);
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

    /// <summary>Sends to the client.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await client.SendAsync(bytes, cancellationToken);
        parts.Metrics.ToClient(bytes.Length);
        Volatile.Write(ref _bytesOut, _bytesOut + bytes.Length);
    }

    public void Dispose() => Frames.Dispose();
}
