namespace PartnerPlatform.Gateway.Protocol;

/// <summary>
/// A message, or a struct inside one, as values by field name: for what the gateway itself must understand or make up.
/// Values are bool, sbyte, short, ushort, int, long, double, Guid, string, byte[], <see cref="Node"/>, <c>List&lt;Node&gt;</c> for arrays of
/// structs and <c>List&lt;object?&gt;</c> for other arrays. Fields that the version lacks hold their default.
/// </summary>
public sealed class Node
{
    private readonly List<Field> _fields;
    private readonly object?[] _values;

    internal Node(List<Field> fields)
    {
        _fields = fields;
        _values = new object?[fields.Count];
        for (var i = 0; i < fields.Count; i++)
        {
            _values[i] = DefaultOf(fields[i]);
        }
    }

    public static Node Of(MessageDefinition definition) => new(definition.Fields);

    /// <summary>Tagged fields that the definition does not know, in order.</summary>
    public List<(uint Tag, byte[] Data)>? UnknownTags { get; set; }

    internal IReadOnlyList<Field> Fields => _fields;

    internal object? this[int index]
    {
        get => _values[index];
        set => _values[index] = value;
    }

    /// <summary>A new struct of the named array or struct field, all defaults, not yet part of it.</summary>
    public Node NewChild(string name) => new(_fields[IndexOf(name)].Fields);

    public bool Has(string name) => _fields.Exists(f => f.Name == name);

    public T Get<T>(string name) => (T)_values[IndexOf(name)]!;

    public string? Text(string name) => (string?)_values[IndexOf(name)];

    public Node? Struct(string name) => (Node?)_values[IndexOf(name)];

    public List<Node> List(string name) => (List<Node>?)_values[IndexOf(name)] ?? [];

    public List<object?> Values(string name) => (List<object?>?)_values[IndexOf(name)] ?? [];

    public bool IsNull(string name) => _values[IndexOf(name)] is null;

    public Node Set(string name, object? value)
    {
        _values[IndexOf(name)] = value;
        return this;
    }

    /// <summary>Another node with the same values.</summary>
    public Node Copy()
    {
        var copy = new Node(_fields) { UnknownTags = UnknownTags };
        _values.CopyTo(copy._values, 0);
        return copy;
    }

    private static object? DefaultOf(Field field)
    {
        if (field.Default is not null)
        {
            return ReferenceEquals(field.Default, DefaultValues.Null) ? null : field.Default;
        }

        return field switch
        {
            { IsArray: true, Type: WireType.Struct } => new List<Node>(),
            { IsArray: true } => new List<object?>(),
            { Type: WireType.Struct } => new Node(field.Fields),
            _ => null,
        };
    }

    private int IndexOf(string name)
    {
        var index = _fields.FindIndex(f => f.Name == name);
        return index >= 0 ? index : throw new ArgumentException($"There is no field '{name}'.", nameof(name));
    }
}
