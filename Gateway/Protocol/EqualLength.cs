namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Changes that keep the length of a frame whose size was sent already.</summary>
internal static class EqualLength
{
    /// <summary>A tag number that no version of any message uses: what it holds is ignored.</summary>
    public const byte UnknownTag = 0x7f;

    /// <summary>Puts a text into the room of another: cut between characters, or filled up with blanks.</summary>
    public static void Fit(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var length = Math.Min(text.Length, room.Length);
        while (length < text.Length && length > 0 && (text[length] & 0xc0) == 0x80)
        {
            length--;
        }

        text[..length].CopyTo(room);
        room[length..].Fill((byte)' ');
    }

    /// <summary>Turns a compact array and the tags behind it into an empty array and one tag of zeros that is ignored.</summary>
    /// <param name="rest">From the array's count to the end of the message.</param>
    /// <returns>False: the array is empty, nothing was changed.</returns>
    /// <exception cref="InvalidFrameException">It is too short to be an array with anything in it.</exception>
    public static bool TryHideEndpoints(Span<byte> rest)
    {
        const int head = 3;
        if (rest.Length > 0 && rest[0] == 1)
        {
            return false;
        }

        var sizeBytes = 1;
        while (rest.Length - head - sizeBytes >= 1 << (7 * sizeBytes))
        {
            sizeBytes++;
        }

        var size = rest.Length - head - sizeBytes;
        if (size < 0 || rest[0] == 0)
        {
            throw new InvalidFrameException("The addresses of brokers are null or too short.");
        }

        rest.Clear();
        (rest[0], rest[1], rest[2]) = (1, 1, UnknownTag);
        for (var i = 0; i < sizeBytes; i++)
        {
            rest[head + i] = (byte)(((size >> (7 * i)) & 0x7f) | (i < sizeBytes - 1 ? 0x80 : 0));
        }

        return true;
    }
}
