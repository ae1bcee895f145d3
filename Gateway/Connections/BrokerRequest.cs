using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// A client's request as a broker gets it: with the gateway's correlation id, and the tenant's prefix before the client id. Brokers' quotas go by client ids, which clients
/// choose: without the prefix one tenant would use up another's.
/// </summary>
internal sealed class BrokerRequest
{
    /// <summary>Requests up to this size leave in one piece.</summary>
    private const int Small = 16 * 1024;

    private const int CorrelationStart = FrameReader.SizeBytes + sizeof(short) + sizeof(short);
    private const int ClientIdStart = CorrelationStart + sizeof(int);
    private const int HeadBytes = ClientIdStart + sizeof(short);

    private byte[] _head = new byte[256];

    /// <summary>The two parts to send; good until the next call. The second is empty, or lies in the frame.</summary>
    /// <exception cref="InvalidFrameException">The client id is too long.</exception>
    public (ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second) Of(ReadOnlyMemory<byte> frame, ReadOnlySpan<byte> prefix, int correlationId)
    {
        var given = frame.Span;
        var own = Math.Max((short)0, BinaryPrimitives.ReadInt16BigEndian(given[ClientIdStart..]));
        var clientId = prefix.Length + own;
        if (clientId > short.MaxValue)
        {
            throw new InvalidFrameException($"The client id has {own} bytes; {short.MaxValue - prefix.Length} are allowed.");
        }

        var rest = frame[(HeadBytes + own)..];
        var isSmall = rest.Length <= Small;
        var length = HeadBytes + clientId + (isSmall ? rest.Length : 0);
        if (_head.Length < length)
        {
            _head = new byte[Math.Max(length, Math.Min(_head.Length * 2, Small))];
        }

        var head = _head.AsSpan();
        given[..ClientIdStart].CopyTo(head);
        BinaryPrimitives.WriteInt32BigEndian(head, HeadBytes + clientId + rest.Length - FrameReader.SizeBytes);
        BinaryPrimitives.WriteInt32BigEndian(head[CorrelationStart..], correlationId);
        BinaryPrimitives.WriteInt16BigEndian(head[ClientIdStart..], (short)clientId);
        prefix.CopyTo(head[HeadBytes..]);
        given.Slice(HeadBytes, own).CopyTo(head[(HeadBytes + prefix.Length)..]);
        if (!isSmall)
        {
            return (_head.AsMemory(0, length), rest);
        }

        rest.Span.CopyTo(head[(HeadBytes + clientId)..]);
        return (_head.AsMemory(0, length), ReadOnlyMemory<byte>.Empty);
    }
}
