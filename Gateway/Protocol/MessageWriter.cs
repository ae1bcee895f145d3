namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Writes a <see cref="Node"/> as a message of one version.</summary>
public static class MessageWriter
{
    public static void Write(MessageDefinition definition, short version, Node node, WireWriter writer) =>
        WriteStruct(node, version, definition.IsFlexible(version), writer);

    private static void WriteStruct(Node node, short version, bool flexible, WireWriter writer)
    {
        for (var i = 0; i < node.Fields.Count; i++)
        {
            var field = node.Fields[i];
            if (field.Tag < 0 && field.Versions.Contains(version))
            {
                WriteField(field, node[i], version, flexible, writer);
            }
        }

        if (flexible)
        {
            WriteTags(node, version, writer);
        }
    }

    private static void WriteTags(Node node, short version, WireWriter writer)
    {
        var tags = new SortedDictionary<uint, ReadOnlyMemory<byte>>();
        for (var i = 0; i < node.Fields.Count; i++)
        {
            var field = node.Fields[i];
            if (field.Tag >= 0 && field.Versions.Contains(version) && !IsDefault(field, node[i]))
            {
                var inner = new WireWriter();
                WriteField(field, node[i], version, true, inner);
                tags[(uint)field.Tag] = inner.WrittenMemory;
            }
        }

        foreach (var (tag, data) in node.UnknownTags ?? [])
        {
            tags[tag] = data;
        }

        writer.UnsignedVarInt((uint)tags.Count);
        foreach (var (tag, data) in tags)
        {
            writer.UnsignedVarInt(tag);
            writer.UnsignedVarInt((uint)data.Length);
            writer.Bytes(data.Span);
        }
    }

    private static bool IsDefault(Field field, object? value) => value switch
    {
        List<Node> list => list.Count == 0,
        List<object?> list => list.Count == 0,
        Node node => IsDefault(node),
        null => field.Default is null || ReferenceEquals(field.Default, DefaultValues.Null),
        _ => value.Equals(field.Default),
    };

    private static bool IsDefault(Node node)
    {
        for (var i = 0; i < node.Fields.Count; i++)
        {
            if (!IsDefault(node.Fields[i], node[i]))
            {
                return false;
            }
        }

        return node.UnknownTags is null;
    }

    private static void WriteField(Field field, object? value, short version, bool flexible, WireWriter writer)
    {
        if (!field.IsArray)
        {
            WriteValue(field, value, version, flexible, writer);
            return;
        }

        switch (value)
        {
            case List<Node> structs:
                writer.LengthPrefix(structs.Count, flexible, 4);
                structs.ForEach(s => WriteStruct(s, version, flexible, writer));
                break;
            case List<object?> values:
                writer.LengthPrefix(values.Count, flexible, 4);
                values.ForEach(v => WriteValue(field, v, version, flexible, writer));
                break;
            default:
                // Versions that know no null write an empty array in its place.
                writer.LengthPrefix(field.Nullable.Contains(version) ? -1 : 0, flexible, 4);
                break;
        }
    }

    private static void WriteValue(Field field, object? value, short version, bool flexible, WireWriter writer)
    {
        switch (field.Type)
        {
            case WireType.Bool: writer.Int8((bool)value! ? (sbyte)1 : (sbyte)0); break;
            case WireType.Int8: writer.Int8((sbyte)value!); break;
            case WireType.Int16: writer.Int16((short)value!); break;
            case WireType.UInt16: writer.UInt16((ushort)value!); break;
            case WireType.Int32: writer.Int32((int)value!); break;
            case WireType.Int64: writer.Int64((long)value!); break;
            case WireType.Float64: writer.Float64((double)value!); break;
            case WireType.Uuid: writer.Uuid((Guid)value!); break;
            case WireType.String:
                writer.String((string?)value ?? (field.IsArray || !field.Nullable.Contains(version) ? "" : null), flexible);
                break;
            case WireType.Bytes or WireType.Records:
                var bytes = (byte[]?)value ?? (field.Nullable.Contains(version) ? null : []);
                writer.LengthPrefix(bytes?.Length ?? -1, flexible, 4);
                writer.Bytes(bytes);
                break;
            default:
                if (!field.IsArray && field.Nullable.Contains(version))
                {
                    writer.Int8(value is null ? (sbyte)-1 : (sbyte)1);
                    if (value is null)
                    {
                        break;
                    }
                }

                WriteStruct((Node)value!, version, flexible, writer);
                break;
        }
    }
}
