namespace PartnerPlatform.Gateway.Protocol;

/// <summary>A string or bytes field, its length included, that is replaced.</summary>
/// <param name="Start">First byte, counted from the start of the walk.</param>
/// <param name="End">Behind the last byte.</param>
/// <param name="Content">New content without its length; null for null.</param>
/// <param name="Compact">Whether the length is a varint.</param>
/// <param name="LengthSize">Size of a length that is not: 2 or 4 bytes.</param>
public readonly record struct Patch(int Start, int End, byte[]? Content, bool Compact, byte LengthSize)
{
    /// <summary>Bytes that the new field takes.</summary>
    public int Size => (Content?.Length ?? 0) + (Compact ? VarIntSize((uint)((Content?.Length ?? -1) + 1)) : LengthSize);

    /// <summary>Total change in length of a frame with these patches.</summary>
    public static int Growth(IReadOnlyList<Patch> patches)
    {
        var growth = 0;
        for (var i = 0; i < patches.Count; i++)
        {
            growth += patches[i].Size - (patches[i].End - patches[i].Start);
        }

        return growth;
    }

    /// <summary>Writes the frame with its patches behind what the writer holds.</summary>
    public static void Apply(ReadOnlySpan<byte> frame, IReadOnlyList<Patch> patches, WireWriter writer)
    {
        var at = 0;
        for (var i = 0; i < patches.Count; i++)
        {
            var patch = patches[i];
            writer.Bytes(frame[at..patch.Start]);
            writer.LengthPrefix(patch.Content?.Length ?? -1, patch.Compact, patch.LengthSize);
            writer.Bytes(patch.Content);
            at = patch.End;
        }

        writer.Bytes(frame[at..]);
    }

    private static int VarIntSize(uint value) => value switch { < 1 << 7 => 1, < 1 << 14 => 2, < 1 << 21 => 3, < 1 << 28 => 4, _ => 5 };
}
