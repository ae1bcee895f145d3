using System.Buffers.Binary;
using System.Text;

namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Reads Kafka's primitive types from a span, in order, never past its end.</summary>
public ref struct WireReader(ReadOnlySpan<byte> data)
{
    public static readonly UTF8Encoding Utf8 = new(false, true);

    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; }

    /// <summary>Elements of arrays that may still be read; see <see cref="MessageReader.ReadRequest"/>.</summary>
    public int ElementsLeft { get; set; } = int.MaxValue;

    public readonly int Remaining => _data.Length - Position;

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw new InvalidFrameException("A field reaches past the end of its frame.");
        }

        var slice = _data.Slice(Position, count);
        Position += count;
        return slice;
    }

    public sbyte Int8() => (sbyte)Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public double Float64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public uint UnsignedVarInt()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Take(1)[0];
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return shift == 28 && b > 0x0f ? throw new InvalidFrameException("A varint is longer than 32 bits.") : value;
            }
        }

        throw new InvalidFrameException("A varint is longer than 32 bits.");
    }

    /// <summary>A length or count: -1 is null.</summary>
    public int Length(bool compact, int size)
    {
        int length;
        if (compact)
        {
            var raw = UnsignedVarInt();
            length = raw > int.MaxValue ? throw new InvalidFrameException("A length is out of range.") : (int)raw - 1;
        }
        else
        {
            length = size == 2 ? Int16() : Int32();
        }

        return length < -1 ? throw new InvalidFrameException("A length is negative.") : length;
    }

    public static string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidFrameException("A string is not UTF-8.", e);
        }
    }
}

/// <summary>Writes Kafka's primitive types into a growing buffer.</summary>
public sealed class WireWriter(int capacity = 256)
{
    /// <summary>Room that is kept for the next message.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _buffer = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Begins anew; room for more than what is usual is given up.</summary>
    /// <param name="room">That will be needed at least.</param>
    public void Clear(int room = 0)
    {
        Length = 0;
        if (_buffer.Length > KeptBytes || _buffer.Length < room)
        {
            _buffer = new byte[Math.Max(capacity, room)];
        }
    }

    public Span<byte> Take(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    public void Int8(sbyte value) => Take(1)[0] = (byte)value;

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void Float64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);

    public void Uuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void UnsignedVarInt(uint value)
    {
        for (; value > 0x7f; value >>= 7)
        {
            Take(1)[0] = (byte)(value | 0x80);
        }

        Take(1)[0] = (byte)value;
    }

    /// <summary>A length or count: -1 is null.</summary>
    /// <exception cref="InvalidFrameException">The version cannot tell so large a length: a name that is long already, with a prefix before it.</exception>
    public void LengthPrefix(int length, bool compact, int size)
    {
        if (compact)
        {
            UnsignedVarInt((uint)(length + 1));
        }
        else if (size == 2)
        {
            Int16(length <= short.MaxValue ? (short)length : throw new InvalidFrameException("A string is longer than its version can tell."));
        }
        else
        {
            Int32(length);
        }
    }

    public void String(string? value, bool compact)
    {
        if (value is null)
        {
            LengthPrefix(-1, compact, 2);
            return;
        }

        var count = WireReader.Utf8.GetByteCount(value);
        LengthPrefix(count, compact, 2);
        WireReader.Utf8.GetBytes(value, Take(count));
    }
}
