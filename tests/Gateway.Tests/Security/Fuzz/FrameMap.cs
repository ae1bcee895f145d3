using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>What lies at a place of a message.</summary>
internal enum PlaceKind
{
    Value,
    Length,
    Tags,
}

/// <summary>Some bytes of a message's body.</summary>
internal readonly record struct Place(PlaceKind Kind, int Start, int End);

/// <summary>Where a message has its lengths, its sections of tagged fields and its values, so that they can be spoilt one by one.</summary>
internal static class FrameMap
{
    public static List<Place> Of(MessageDefinition definition, short version, byte[] body)
    {
        var places = new List<Place>();
        var reader = new WireReader(body);
        Struct(definition.Fields, version, definition.IsFlexible(version), ref reader, places);
        return places;
    }

    private static void Struct(List<Field> fields, short version, bool flexible, ref WireReader reader, List<Place> places)
    {
        foreach (var field in fields.Where(f => f.Tag < 0 && f.Versions.Contains(version)))
        {
            One(field, version, flexible, ref reader, places);
        }

        if (!flexible)
        {
            return;
        }

        var start = reader.Position;
        var tags = reader.UnsignedVarInt();
        places.Add(new Place(PlaceKind.Tags, start, reader.Position));
        for (; tags > 0; tags--)
        {
            reader.UnsignedVarInt();
            start = reader.Position;
            var size = reader.UnsignedVarInt();
            places.Add(new Place(PlaceKind.Length, start, reader.Position));
            places.Add(new Place(PlaceKind.Value, reader.Position, reader.Position + (int)size));
            reader.Take((int)size);
        }
    }

    private static void One(Field field, short version, bool flexible, ref WireReader reader, List<Place> places)
    {
        if (!field.IsArray)
        {
            Value(field, version, flexible, ref reader, places);
            return;
        }

        for (var count = Length(flexible, 4, ref reader, places); count > 0; count--)
        {
            Value(field, version, flexible, ref reader, places);
        }
    }

    private static void Value(Field field, short version, bool flexible, ref WireReader reader, List<Place> places)
    {
        if (field.Type == WireType.Struct)
        {
            if (field.IsArray || !field.Nullable.Contains(version) || reader.Int8() >= 0)
            {
                Struct(field.Fields, version, flexible, ref reader, places);
            }

            return;
        }

        var size = field.FixedSize > 0 ? field.FixedSize : Math.Max(0, Length(flexible, field.Type == WireType.String ? 2 : 4, ref reader, places));
        if (size > 0)
        {
            places.Add(new Place(PlaceKind.Value, reader.Position, reader.Position + size));
            reader.Take(size);
        }
    }

    private static int Length(bool flexible, int size, ref WireReader reader, List<Place> places)
    {
        var start = reader.Position;
        var length = reader.Length(flexible, size);
        places.Add(new Place(PlaceKind.Length, start, reader.Position));
        return length;
    }
}
