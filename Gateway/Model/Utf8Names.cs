using System.Collections.Frozen;
using System.IO.Hashing;

namespace PartnerPlatform.Gateway.Model;

/// <summary>Compares names as UTF-8 bytes, so that a lookup from a frame makes no string.</summary>
public sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);
}

/// <summary>An immutable dictionary by UTF-8 name.</summary>
public sealed class Utf8Map<T>
    where T : class
{
    public static readonly Utf8Map<T> Empty = new([]);

    private readonly FrozenDictionary<byte[], T> _items;
    private readonly FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public Utf8Map(IEnumerable<KeyValuePair<byte[], T>> items)
    {
        _items = items.ToFrozenDictionary(Utf8Comparer.Instance);
        _lookup = _items.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyList<T> Values => _items.Values;

    public int Count => _items.Count;

    public T? Find(ReadOnlySpan<byte> name) => _lookup.TryGetValue(name, out var value) ? value : null;
}
