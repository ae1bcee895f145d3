using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>Makes messages by their definitions: laid out right, with values that nobody would choose.</summary>
internal static class Maker
{
    private const int LongestText = 400;

    private static readonly long[] Numbers = [0, 1, -1, 2, 3, 127, 255, short.MaxValue, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    public static byte[] Make(Sample like, short version, ref Dice dice)
    {
        var node = Node.Of(like.Message);
        Fill(node, like.Message.Fields, version, like, ref dice);
        var writer = new WireWriter();
        MessageWriter.Write(like.Message, version, node, writer);
        return writer.ToArray();
    }

    private static void Fill(Node node, List<Field> fields, short version, Sample like, ref Dice dice)
    {
        foreach (var field in fields)
        {
            if (field.Versions.Contains(version))
            {
                node.Set(field.Name, Content(node, field, version, like, ref dice));
            }
        }
    }

    private static object? Content(Node parent, Field field, short version, Sample like, ref Dice dice)
    {
        if (field.Nullable.Contains(version) && dice.Next(5) == 0)
        {
            return null;
        }

        if (!field.IsArray)
        {
            return One(parent, field, version, like, ref dice);
        }

        var count = dice.Next(4);
        if (field.Type == WireType.Struct)
        {
            var structs = new List<Node>(count);
            for (; count > 0; count--)
            {
                structs.Add((Node)One(parent, field, version, like, ref dice)!);
            }

            return structs;
        }

        var values = new List<object?>(count);
        for (; count > 0; count--)
        {
            values.Add(One(parent, field, version, like, ref dice));
        }

        return values;
    }

    private static object? One(Node parent, Field field, short version, Sample like, ref Dice dice)
    {
        if (field.Type == WireType.Struct)
        {
            var child = parent.NewChild(field.Name);
            Fill(child, field.Fields, version, like, ref dice);
            return child;
        }

        var number = Numbers[dice.Next(Numbers.Length)];
        object value = field.Type switch
        {
            WireType.Bool => dice.Next(2) == 0,
            WireType.Int8 => unchecked((sbyte)number),
            WireType.Int16 => unchecked((short)number),
            WireType.UInt16 => unchecked((ushort)number),
            WireType.Int32 => unchecked((int)number),
            WireType.Int64 => number,
            WireType.Float64 => (double)number,
            WireType.Uuid => Guid.Empty,
            WireType.String => Text(like, ref dice),
            _ => new byte[dice.Next(80)],
        };

        // Now and then what a field means is not what is in it.
        return dice.Next(6) == 0 ? value : Corpus.Value(field, value, like.Tenant, like.IsRequest, like.Clean || dice.Next(3) > 0, ref dice);
    }

    private static string Text(Sample like, ref Dice dice) => dice.Next(8) switch
    {
        0 => "",
        1 => "~0",
        2 => "~-1",
        3 => "*",
        4 => new string('x', dice.Next(LongestText)),
        5 => like.Tenant.Own.Physical,
        6 => like.Tenant.ForeignNames[dice.Next(like.Tenant.ForeignNames.Length)],
        _ => like.Tenant.Own.Shown,
    };
}
