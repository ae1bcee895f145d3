using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>A request as it lies in the buffer: size, header, body.</summary>
/// <param name="Bytes">All of it, the 4 bytes of size included.</param>
/// <param name="BodyStart">Where the body begins.</param>
public readonly record struct RequestFrame(Memory<byte> Bytes, short ApiKey, short Version, int CorrelationId, int BodyStart)
{
    private const int FixedHeader = 8;

    public Memory<byte> Body => Bytes[BodyStart..];

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidFrameException">The frame is too short, or its header is broken.</exception>
    public static RequestFrame Parse(Memory<byte> bytes)
    {
        var reader = new WireReader(bytes.Span[FrameReader.SizeBytes..]);
        if (reader.Remaining < FixedHeader)
        {
            throw new InvalidFrameException("A frame is shorter than a request header.");
        }

        var (key, version, correlation) = (reader.Int16(), reader.Int16(), reader.Int32());
        if (!Definitions.Apis.TryGetValue((ApiKey)key, out var definition) || !definition.Request.Versions.Contains(version))
        {
            // How the header goes on is not known; whoever looks at key and version refuses it.
            return new RequestFrame(bytes, key, version, correlation, bytes.Length);
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

        return new RequestFrame(bytes, key, version, correlation, FrameReader.SizeBytes + reader.Position);
    }

    /// <summary>The client id of the header, 255 characters at most; null: there is none.</summary>
    public string? ClientId()
    {
        var reader = new WireReader(Bytes.Span[(FrameReader.SizeBytes + FixedHeader)..]);
        var length = reader.Length(false, 2);
        return length <= 0 ? null : System.Text.Encoding.UTF8.GetString(reader.Take(Math.Min(length, 255)));
    }

    public Node Read(ApiDefinition api) => MessageReader.ReadRequest(api, Version, Body.Span);

    /// <summary>A frame with the same header and another body.</summary>
    public ReadOnlyMemory<byte> WithBody(Action<WireWriter> body)
    {
        var writer = new WireWriter(Bytes.Length + 256);
        writer.Bytes(Bytes.Span[..BodyStart]);
        body(writer);
        return Sized(writer);
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
