using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>A request as it lies in the buffer: size, header, body.</summary>
/// <param name="Buffer">The frame, behind bytes that are free to be written.</param>
/// <param name="Start">Where the frame begins in the buffer.</param>
/// <param name="BodyStart">Where the body begins in the frame.</param>
public readonly record struct RequestFrame(Memory<byte> Buffer, int Start, short ApiKey, short Version, int CorrelationId, int BodyStart)
{
    private const int FixedHeader = 8;

    /// <summary>All of it, the 4 bytes of size included.</summary>
    public Memory<byte> Bytes => Buffer[Start..];

    public Memory<byte> Body => Buffer[(Start + BodyStart)..];

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidFrameException">The frame is too short, or its header is broken.</exception>
    public static RequestFrame Parse(Memory<byte> buffer, int start = 0)
    {
        var bytes = buffer[start..];
        var reader = new WireReader(bytes.Span[FrameReader.SizeBytes..]);
        if (reader.Remaining < FixedHeader)
        {
            throw new InvalidFrameException("A frame is shorter than a request header.");
        }

        var (key, version, correlation) = (reader.Int16(), reader.Int16(), reader.Int32());
        if (!Definitions.Apis.TryGetValue((ApiKey)key, out var definition) || !definition.Request.Versions.Contains(version))
        {
            // How the header goes on is not known; whoever looks at key and version refuses it.
            return new RequestFrame(buffer, start, key, version, correlation, bytes.Length);
        }

        reader.Take(Math.Max(0, reader.Length(false, 2)));
        if (definition.RequestHeaderVersion(version) == 2)
        {
            for (var tags = reader.UnsignedVarInt(); tags > 0; tags--)
            {
                reader.UnsignedVarInt();
                reader.Take((int)Math.Min(reader.UnsignedVarInt(), int.MaxValue));
            }
        }

        return new RequestFrame(buffer, start, key, version, correlation, FrameReader.SizeBytes + reader.Position);
    }

    /// <summary>The client id of the header, 255 bytes at most, without control characters: it goes into logs and reports. Null: there is none.</summary>
    public string? ClientId()
    {
        var reader = new WireReader(Bytes.Span[(FrameReader.SizeBytes + FixedHeader)..]);
        var length = reader.Length(false, 2);
        return length <= 0 ? null : string.Concat(System.Text.Encoding.UTF8.GetString(reader.Take(Math.Min(length, 255))).Where(c => !char.IsControl(c)));
    }

    public Node Read(ApiDefinition api) => MessageReader.ReadRequest(api, Version, Body.Span);

    /// <summary>A frame with the same header and another body.</summary>
    public RequestFrame With(ApiDefinition api, Node body)
    {
        var writer = new WireWriter(Bytes.Length + 256);
        writer.Bytes(Bytes.Span[..BodyStart]);
        MessageWriter.Write(api.Request, Version, body, writer);
        return this with { Buffer = Sized(writer), Start = 0 };
    }

    /// <summary>A response frame.</summary>
    public static ReadOnlyMemory<byte> Response(ApiDefinition api, short version, int correlationId, Node body)
    {
        var writer = new WireWriter();
        writer.Int32(0);
        writer.Int32(correlationId);
        if (api.ResponseHeaderVersion(version) == 1)
        {
            writer.UnsignedVarInt(0);
        }

        MessageWriter.Write(api.Response, version, body, writer);
        return Sized(writer);
    }

    /// <summary>Fills in the size of a frame whose first 4 bytes were left for it.</summary>
    public static Memory<byte> Sized(WireWriter writer)
    {
        var frame = writer.WrittenMemory;
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame);
        BinaryPrimitives.WriteInt32BigEndian(bytes.Span, bytes.Length - FrameReader.SizeBytes);
        return bytes;
    }
}
