using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Connections;

public class BrokerRequestTests
{
    private const int Head = 14;

    [Theory]
    [InlineData(1024, "acme.", 10, true)]
    [InlineData(1024, "", 10, true)]
    [InlineData(1024, "acme.", 1018, true)]
    [InlineData(1024, "acme.", 1030, false)]
    [InlineData(0, "acme.", 10, false)]
    [InlineData(1024, "acme.", -15, true)]
    public void The_front_is_written_anew_before_the_rest_where_there_is_room(int room, string prefix, int growth, bool stays)
    {
        var random = new Random(room + growth);
        var body = Bytes(random, 100_000);
        var patch = new Patch(20, 40, Bytes(random, 18 + growth), Compact: false, LengthSize: 2);
        var buffer = new byte[room + Head + 3 + body.Length];
        var frame = Request(buffer, room, "app"u8, body);

        var sent = new BrokerRequest().Of(frame, body.Length, [patch], System.Text.Encoding.UTF8.GetBytes(prefix), 77);

        byte[] expected = [.. Request(new byte[Head + prefix.Length + 3], 0, System.Text.Encoding.UTF8.GetBytes(prefix + "app"), []).Bytes.Span,
            .. body[..20], (byte)((18 + growth) >> 8), (byte)(18 + growth), .. patch.Content!, .. body[40..]];
        BinaryPrimitives.WriteInt32BigEndian(expected, expected.Length - 4);
        BinaryPrimitives.WriteInt32BigEndian(expected.AsSpan(8), 77);
        Assert.Equal(Convert.ToHexString(expected[..200]), Convert.ToHexString(sent.Span[..200]));
        Assert.True(sent.Span.SequenceEqual(expected));
        Assert.Equal(stays, MemoryMarshal.TryGetArray(sent, out var array) && array.Array == buffer);
    }

    [Fact]
    public void A_client_id_that_is_too_long_with_its_prefix_is_refused()
    {
        var clientId = new byte[short.MaxValue - 2];
        var frame = Request(new byte[Head + clientId.Length], 0, clientId, []);

        Assert.Throws<InvalidFrameException>(() => new BrokerRequest().Of(frame, 0, [], "acme."u8, 1));
    }

    /// <summary>Metadata 8: its header ends with the client id.</summary>
    private static RequestFrame Request(byte[] buffer, int start, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> body)
    {
        var frame = buffer.AsSpan(start);
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(frame[4..], (short)ApiKey.Metadata);
        BinaryPrimitives.WriteInt16BigEndian(frame[6..], 8);
        BinaryPrimitives.WriteInt16BigEndian(frame[12..], (short)clientId.Length);
        clientId.CopyTo(frame[Head..]);
        body.CopyTo(frame[(Head + clientId.Length)..]);
        return RequestFrame.Parse(buffer, start);
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
