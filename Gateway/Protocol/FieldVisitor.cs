namespace PartnerPlatform.Gateway.Protocol;

/// <summary>What to put in the place of a string or bytes field.</summary>
public readonly struct Replacement
{
    private Replacement(byte[]? bytes, bool isNull)
    {
        Bytes = bytes;
        IsNull = isNull;
    }

    /// <summary>The field stays as it came.</summary>
    public static Replacement None => default;

    /// <summary>Null, or the empty string in versions that know no null.</summary>
    public static Replacement Null => new(null, true);

    public byte[]? Bytes { get; }

    public bool IsNull { get; }

    public bool Changes => Bytes is not null || IsNull;

    /// <summary>Content without its length.</summary>
    public static Replacement With(byte[] bytes) => new(bytes, false);
}

/// <summary>Told of every field with a meaning, in wire order.</summary>
public abstract class FieldVisitor
{
    /// <summary>A fixed-size field; may be changed in place.</summary>
    public virtual void Fixed(Meaning meaning, Span<byte> value)
    {
    }

    /// <summary>A string or bytes field that is not null.</summary>
    public virtual Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value) => Replacement.None;

    /// <summary>A string or bytes field that is null.</summary>
    public virtual void Null(Meaning meaning)
    {
    }

    /// <summary>Record batches: the first <paramref name="head"/> bytes (at most <see cref="Walker.RecordsHead"/>) of <paramref name="length"/>.</summary>
    public virtual void Records(Span<byte> head, int length)
    {
    }
}
