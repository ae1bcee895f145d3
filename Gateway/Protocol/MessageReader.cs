namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Reads a whole message into a <see cref="Node"/>.</summary>
public static class MessageReader
{
    /// <summary>Elements of all arrays of a request together: each costs far more here than on the wire.</summary>
    private const int MaximumRequestElements = 200_000;

    /// <exception cref="InvalidFrameException">The bytes are not exactly one message of this version.</exception>
    public static Node Read(MessageDefinition definition, short version, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var node = Read(definition, version, ref reader);
        return reader.Remaining == 0 ? node : throw new InvalidFrameException("Bytes are left behind the message.");
    }

    /// <summary>Reads a request; bytes behind it are ignored, as brokers do (docs/decisions/0031).</summary>
    public static Node ReadRequest(ApiDefinition api, short version, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body) { ElementsLeft = MaximumRequestElements };
        return Read(api.Request, version, ref reader);
    }

    public static Node Read(MessageDefinition definition, short version, ref WireReader reader) =>
        ReadStruct(definition.Fields, version, definition.IsFlexible(version), ref reader);

    private static Node ReadStruct(List<Field> fields, short version, bool flexible, ref WireReader reader)
    {
        var node = new Node(fields);
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Tag < 0 && fields[i].Versions.Contains(version))
            {
                node[i] = ReadField(fields[i], version, flexible, ref reader);
            }
        }

        if (flexible)
        {
            ReadTags(node, fields, version, ref reader);
        }

        return node;
    }

    private static void ReadTags(Node node, List<Field> fields, short version, ref WireReader reader)
    {
        var previous = -1L;
        for (var count = reader.UnsignedVarInt(); count > 0; count--)
        {
            var tag = reader.UnsignedVarInt();
            if (tag <= previous)
            {
                throw new InvalidFrameException("Tagged fields are not in rising order.");
            }

            previous = tag;
            var size = reader.UnsignedVarInt();
            var data = reader.Take(size > int.MaxValue ? -1 : (int)size);
            var index = fields.FindIndex(f => f.Tag == tag && f.Versions.Contains(version));
            if (index < 0)
            {
                (node.UnknownTags ??= []).Add((tag, data.ToArray()));
                continue;
            }

            var inner = new WireReader(data) { ElementsLeft = reader.ElementsLeft };
            node[index] = ReadField(fields[index], version, true, ref inner);
            reader.ElementsLeft = inner.ElementsLeft;
            if (inner.Remaining != 0)
            {
                throw new InvalidFrameException("A tagged field is shorter than its size.");
            }
        }
    }

    private static object? ReadField(Field field, short version, bool flexible, ref WireReader reader)
    {
        if (!field.IsArray)
        {
            return ReadValue(field, version, flexible, field.Nullable.Contains(version), ref reader);
        }

        var count = reader.Length(flexible, 4);
        if (count < 0)
        {
            return field.Nullable.Contains(version) ? null : throw Null(field);
        }

        if (count > reader.Remaining)
        {
            throw new InvalidFrameException("An array is longer than its frame.");
        }

        reader.ElementsLeft -= count;
        if (reader.ElementsLeft < 0)
        {
            throw new InvalidFrameException("A message has too many elements.");
        }

        if (field.Type == WireType.Struct)
        {
            var structs = new List<Node>(Math.Min(count, 1024));
            for (var i = 0; i < count; i++)
            {
                structs.Add(ReadStruct(field.Fields, version, flexible, ref reader));
            }

            return structs;
        }

        var values = new List<object?>(Math.Min(count, 1024));
        for (var i = 0; i < count; i++)
        {
            values.Add(ReadValue(field, version, flexible, false, ref reader));
        }

        return values;
    }

    private static object? ReadValue(Field field, short version, bool flexible, bool nullable, ref WireReader reader)
    {
        switch (field.Type)
        {
            case WireType.Bool: return reader.Int8() != 0;
            case WireType.Int8: return reader.Int8();
            case WireType.Int16: return reader.Int16();
            case WireType.UInt16: return (ushort)reader.Int16();
            case WireType.Int32: return reader.Int32();
            case WireType.Int64: return reader.Int64();
            case WireType.Float64: return reader.Float64();
            case WireType.Uuid: return reader.Uuid();
            case WireType.String:
                var characters = reader.Length(flexible, 2);
                if (characters > short.MaxValue)
                {
                    throw new InvalidFrameException("A string is longer than 32,767 bytes.");
                }

                return characters >= 0 ? WireReader.Text(reader.Take(characters)) : nullable ? null : throw Null(field);
            case WireType.Bytes or WireType.Records:
                var bytes = reader.Length(flexible, 4);
                return bytes >= 0 ? reader.Take(bytes).ToArray() : nullable ? null : throw Null(field);
            default:
                if (nullable)
                {
                    var present = reader.Int8();
                    if (present < 0)
                    {
                        return null;
                    }
                }

                return ReadStruct(field.Fields, version, flexible, ref reader);
        }
    }

    private static InvalidFrameException Null(Field field) => new($"Field '{field.Name}' must not be null.");
}
