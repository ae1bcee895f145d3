using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// A client's request as a broker gets it: with the gateway's correlation id, the tenant's prefix before the client id, and what changes length in its body. Brokers' quotas go by
/// client ids, which clients choose: without the prefix one tenant would use up another's. What changes lies at the front, before the records; so the front is written anew right
/// before the rest, which stays where it is and is not copied.
/// </summary>
internal sealed class BrokerRequest
{
    private const int CorrelationStart = FrameReader.SizeBytes + sizeof(short) + sizeof(short);
    private const int ClientIdStart = CorrelationStart + sizeof(int);
    private const int HeadBytes = ClientIdStart + sizeof(short);

    /// <summary>Of a longer front (names of many topics between their records) one copy is cheaper than two.</summary>
    private const int LargestFront = 16 * 1024;

    private readonly WireWriter _written = new();

    /// <summary>What to send; good until the next call. It lies in the frame's buffer, which is written to, where there is room.</summary>
    /// <param name="bodyLength">Bytes of the body that are sent on.</param>
    /// <param name="patches">Changes of the body's length.</param>
    /// <exception cref="InvalidFrameException">The client id is too long.</exception>
    public ReadOnlyMemory<byte> Of(in RequestFrame frame, int bodyLength, IReadOnlyList<Patch> patches, ReadOnlySpan<byte> prefix, int correlationId)
    {
        var given = frame.Bytes.Span[..(frame.BodyStart + bodyLength)];
        var own = Math.Max((short)0, BinaryPrimitives.ReadInt16BigEndian(given[ClientIdStart..]));
        var clientId = prefix.Length + own;
        if (clientId > short.MaxValue)
        {
            throw new InvalidFrameException($"The client id has {own} bytes; {short.MaxValue - prefix.Length} are allowed.");
        }

        var front = patches.Count == 0 ? HeadBytes + own : frame.BodyStart + patches[^1].End;
        var growth = prefix.Length + Patch.Growth(patches);
        _written.Clear();
        _written.Int32(given.Length + growth - FrameReader.SizeBytes);
        _written.Bytes(given[FrameReader.SizeBytes..CorrelationStart]);
        _written.Int32(correlationId);
        _written.Int16((short)clientId);
        _written.Bytes(prefix);
        _written.Bytes(given.Slice(HeadBytes, own));
        if (patches.Count > 0)
        {
            _written.Bytes(given[(HeadBytes + own)..frame.BodyStart]);
            Patch.Apply(given[frame.BodyStart..front], patches, _written);
        }

        if (growth <= frame.Start && front <= LargestFront)
        {
            var start = frame.Start - growth;
            _written.Written.CopyTo(frame.Buffer.Span[start..]);
            return frame.Buffer[start..(frame.Start + given.Length)];
        }

        _written.Bytes(given[front..]);
        return _written.WrittenMemory;
    }
}
