using System.Buffers.Binary;

namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Reads through the part of a frame that has arrived, and refuses what cannot fit in the whole of it.</summary>
/// <param name="data">What has arrived.</param>
/// <param name="left">Bytes that the frame has from the start of <paramref name="data"/> on.</param>
internal ref struct FrameCursor(Span<byte> data, int left)
{
    public readonly Span<byte> Data = data;
    public int At;

    public readonly int Available => Data.Length - At;

    public readonly Span<byte> Rest => Data[At..];

    /// <summary>Refuses what cannot fit in the rest of the frame, whether it has arrived or not.</summary>
    public readonly void Require(long count)
    {
        if (count > left - At)
        {
            throw new InvalidFrameException("A field reaches past the end of its frame.");
        }
    }

    public bool TryTake(int count, out Span<byte> value)
    {
        Require(count);
        if (count > Available)
        {
            value = default;
            return false;
        }

        value = Data.Slice(At, count);
        At += count;
        return true;
    }

    public bool TryUnsignedVarInt(out uint value)
    {
        value = 0;
        var start = At;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (!TryTake(1, out var b))
            {
                At = start;
                return false;
            }

            value |= (uint)(b[0] & 0x7f) << shift;
            if (b[0] < 0x80)
            {
                return shift == 28 && b[0] > 0x0f ? throw new InvalidFrameException("A varint is longer than 32 bits.") : true;
            }
        }

        throw new InvalidFrameException("A varint is longer than 32 bits.");
    }

    /// <summary>Reads a length (-1 is null) and checks that so much can still follow.</summary>
    public bool TryLength(in Instruction instruction, out int length, bool isCount = false)
    {
        length = 0;
        if (instruction.Compact)
        {
            if (!TryUnsignedVarInt(out var raw))
            {
                return false;
            }

            length = raw > int.MaxValue ? throw new InvalidFrameException("A length is out of range.") : (int)raw - 1;
        }
        else
        {
            if (!TryTake(instruction.LengthSize, out var bytes))
            {
                return false;
            }

            length = instruction.LengthSize == 2 ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
        }

        if (length < -1 || (length == -1 && !instruction.Nullable))
        {
            throw new InvalidFrameException(length < -1 ? "A length is negative." : "A field is null that must not be.");
        }

        Require(isCount ? (long)length * instruction.MinimumElement : length);
        return true;
    }
}
