namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>Which part of a frame is spoilt.</summary>
internal enum Level
{
    /// <summary>Nothing: the frame as recorded, with names of the test.</summary>
    None,

    /// <summary>Bytes of one value; the layout stays.</summary>
    Field,

    /// <summary>A length or a count: smaller, larger, negative, huge.</summary>
    Length,

    /// <summary>Tagged fields: unknown ones, with a wrong size, a wrong number, out of order, too many.</summary>
    Tag,

    /// <summary>Cut, lengthened, a part twice or missing, bytes at random, another frame behind.</summary>
    Frame,

    /// <summary>Read as another version.</summary>
    Version,

    /// <summary>Not spoilt but made: a message by its definition, with values by chance.</summary>
    Made,
}

/// <summary>Numbers by chance from one seed, without an object.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    public int Next(int below) => (int)(Next() % (ulong)Math.Max(1, below));

    private ulong Next()
    {
        // SplitMix64.
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Spoils the body of a message on one level.</summary>
internal static class Spoiler
{
    private static readonly byte[][] Lengths =
    [
        [0x00], [0x01], [0x02], [0x7f], [0x80], [0xff], [0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x08], [0xff, 0xff, 0xff, 0xff, 0x7f], [0xff, 0xff], [0x7f, 0xff],
        [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0x00, 0x00, 0x00, 0x00], [0x00, 0x00, 0xff, 0xff], [0x80, 0x00, 0x00, 0x00], [0x00, 0x10, 0x00, 0x00],
    ];

    private static readonly byte[] Bytes = [0x00, 0x01, 0x7f, 0x80, 0xff, (byte)'.', (byte)'~', (byte)'*'];

    public static byte[] Spoil(byte[] body, List<Place> places, Level level, ref Dice dice) => level switch
    {
        Level.Field => Field(body, places, ref dice),
        Level.Length => Length(body, places, ref dice),
        Level.Tag => Tag(body, places, ref dice),
        Level.Frame => Frame(body, ref dice),
        _ => (byte[])body.Clone(),
    };

    private static byte[] Field(byte[] body, List<Place> places, ref Dice dice)
    {
        var spoilt = (byte[])body.Clone();
        for (var count = dice.Next(3); count >= 0 && Pick(places, PlaceKind.Value, ref dice) is { } place; count--)
        {
            var all = dice.Next(3) == 0;
            for (var at = all ? place.Start : place.Start + dice.Next(place.End - place.Start); at < place.End; at++)
            {
                spoilt[at] = dice.Next(3) == 0 ? (byte)dice.Next(256) : Bytes[dice.Next(Bytes.Length)];
                if (!all)
                {
                    break;
                }
            }
        }

        return spoilt;
    }

    private static byte[] Length(byte[] body, List<Place> places, ref Dice dice)
    {
        if (Pick(places, PlaceKind.Length, ref dice) is not { } place)
        {
            return (byte[])body.Clone();
        }

        var length = Lengths[dice.Next(Lengths.Length)];
        return dice.Next(2) == 0
            ? [.. body.AsSpan(0, place.Start), .. length, .. body.AsSpan(place.End)]
            : Overwritten(body, place.Start + dice.Next(place.End - place.Start), [(byte)(body[place.End - 1] + dice.Next(5) - 2)]);
    }

    private static byte[] Tag(byte[] body, List<Place> places, ref Dice dice)
    {
        if (Pick(places, PlaceKind.Tags, ref dice) is not { } place)
        {
            return Frame(body, ref dice);
        }

        var content = new byte[dice.Next(40)];
        content.AsSpan().Fill((byte)dice.Next(256));
        byte[] one = [(byte)dice.Next(128), (byte)content.Length, .. content];
        byte[] tags = dice.Next(6) switch
        {
            0 => [(byte)(body[place.Start] + 1), .. one],
            1 => [2, .. one, .. one],
            2 => [1, .. Lengths[dice.Next(Lengths.Length)], .. one],
            3 => [1, one[0], .. Lengths[dice.Next(Lengths.Length)], .. content],
            4 => Lengths[dice.Next(Lengths.Length)],
            _ => [3, 0, 0, 1, 1, 0, 2, (byte)content.Length, .. content],
        };
        return [.. body.AsSpan(0, place.Start), .. tags, .. body.AsSpan(place.End)];
    }

    private static byte[] Frame(byte[] body, ref Dice dice)
    {
        var (a, b) = (dice.Next(body.Length + 1), dice.Next(body.Length + 1));
        var (from, to) = (Math.Min(a, b), Math.Max(a, b));
        switch (dice.Next(6))
        {
            case 0: return body[..a];
            case 1: return [.. body, .. body.AsSpan(from, to - from)];
            case 2: return [.. body.AsSpan(0, from), .. body.AsSpan(to)];
            case 3: return [.. body.AsSpan(0, to), .. body.AsSpan(from)];
            case 4: return [.. body.AsSpan(to), .. body.AsSpan(0, to)];
            default:
                var spoilt = (byte[])body.Clone();
                for (var count = 1 + dice.Next(8); count > 0 && spoilt.Length > 0; count--)
                {
                    spoilt[dice.Next(spoilt.Length)] = (byte)dice.Next(256);
                }

                return spoilt;
        }
    }

    private static byte[] Overwritten(byte[] body, int at, ReadOnlySpan<byte> bytes)
    {
        var spoilt = (byte[])body.Clone();
        bytes[..Math.Min(bytes.Length, spoilt.Length - at)].CopyTo(spoilt.AsSpan(at));
        return spoilt;
    }

    private static Place? Pick(List<Place> places, PlaceKind kind, ref Dice dice)
    {
        for (int tries = 0, at = dice.Next(places.Count); tries < places.Count; tries++, at = (at + 1) % places.Count)
        {
            if (places[at].Kind == kind)
            {
                return places[at];
            }
        }

        return null;
    }
}
