using System.Globalization;

namespace PartnerPlatform.Gateway.Protocol;

/// <summary>
/// Reads definitions. A message starts with <c>Name => key K, versions A-B, flexible F+</c>; each field is a line
/// <c>name type [versions] [tag N] [= default]</c>, indented by two blanks a level. A type is a wire type or a meaning, with
/// <c>[]</c> before it for arrays (alone: of structs), <c>{}</c> for a struct, and <c>?</c> or <c>?7+</c> where null is allowed.
/// </summary>
public static class DefinitionParser
{
    private static readonly Dictionary<string, (WireType Type, Meaning Meaning)> Types = new(StringComparer.Ordinal)
    {
        ["bool"] = (WireType.Bool, Meaning.None),
        ["int8"] = (WireType.Int8, Meaning.None),
        ["int16"] = (WireType.Int16, Meaning.None),
        ["uint16"] = (WireType.UInt16, Meaning.None),
        ["int32"] = (WireType.Int32, Meaning.None),
        ["int64"] = (WireType.Int64, Meaning.None),
        ["float64"] = (WireType.Float64, Meaning.None),
        ["uuid"] = (WireType.Uuid, Meaning.None),
        ["string"] = (WireType.String, Meaning.None),
        ["bytes"] = (WireType.Bytes, Meaning.None),
        ["records"] = (WireType.Records, Meaning.Records),
        ["topicName"] = (WireType.String, Meaning.TopicName),
        ["topicId"] = (WireType.Uuid, Meaning.TopicId),
        ["groupId"] = (WireType.String, Meaning.GroupId),
        ["transactionalId"] = (WireType.String, Meaning.TransactionalId),
        ["brokerId"] = (WireType.Int32, Meaning.BrokerId),
        ["replicaId"] = (WireType.Int32, Meaning.ReplicaId),
        ["producerId"] = (WireType.Int64, Meaning.ProducerId),
        ["fetchSessionId"] = (WireType.Int32, Meaning.FetchSessionId),
        ["memberId"] = (WireType.String, Meaning.MemberId),
        ["clientId"] = (WireType.String, Meaning.ClientId),
        ["shareMember"] = (WireType.String, Meaning.ShareMember),
        ["shareSessionEpoch"] = (WireType.Int32, Meaning.ShareSessionEpoch),
        ["errorCode"] = (WireType.Int16, Meaning.ErrorCode),
        ["errorText"] = (WireType.String, Meaning.ErrorText),
        ["host"] = (WireType.String, Meaning.Host),
        ["port"] = (WireType.Int32, Meaning.Port),
        ["clusterId"] = (WireType.String, Meaning.ClusterId),
        ["coordinatorKey"] = (WireType.String, Meaning.CoordinatorKey),
        ["authorizedOperations"] = (WireType.Int32, Meaning.AuthorizedOperations),
        ["topicRegex"] = (WireType.String, Meaning.TopicRegex),
        ["protocolType"] = (WireType.String, Meaning.ProtocolType),
        ["consumerSubscription"] = (WireType.Bytes, Meaning.ConsumerSubscription),
        ["consumerAssignment"] = (WireType.Bytes, Meaning.ConsumerAssignment),
        ["throttleTime"] = (WireType.Int32, Meaning.ThrottleTime),
    };

    /// <summary>Parses one text.</summary>
    /// <exception cref="FormatException">A line does not follow the grammar; says which.</exception>
    public static IReadOnlyList<MessageDefinition> Parse(string text, string source)
    {
        var messages = new List<MessageDefinition>();
        var open = new Stack<(int Indent, List<Field> Fields)>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                var indent = line.TakeWhile(c => c == ' ').Count();
                if (indent == 0)
                {
                    var message = Header(line);
                    messages.Add(message);
                    open.Clear();
                    open.Push((0, message.Fields));
                    continue;
                }

                while (open.Peek().Indent >= indent)
                {
                    open.Pop();
                }

                var field = ParseField(line);
                open.Peek().Fields.Add(field);
                open.Push((indent, field.Fields));
            }
            catch (Exception e) when (e is FormatException or KeyNotFoundException or OverflowException or InvalidOperationException)
            {
                throw new FormatException($"{source}:{number}: {e.Message}: {line.Trim()}", e);
            }
        }

        return messages;
    }

    private static MessageDefinition Header(string line)
    {
        var (name, rest) = line.Split("=>", 2) is [var n, var r] ? (n.Trim(), r) : throw new FormatException("No '=>'");
        short key = -1;
        var flexible = short.MaxValue;
        var versions = VersionRange.All;
        var unstable = false;
        foreach (var part in rest.Split(',', StringSplitOptions.TrimEntries))
        {
            switch (part.Split(' '))
            {
                case ["key", var k]: key = Number(k); break;
                case ["versions", var v]: versions = Range(v); break;
                case ["flexible", var f]: flexible = Range(f).From; break;
                case ["latest", "unstable"]: unstable = true; break;
                default: throw new FormatException($"Unknown part '{part}'");
            }
        }

        return new MessageDefinition { Name = name, Key = key, Versions = versions, FlexibleFrom = flexible, LatestUnstable = unstable };
    }

    private static Field ParseField(string line)
    {
        var assignment = line.Split(" = ", 2);
        var words = assignment[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (typeText, nullText) = words[1].Split('?', 2) is [var t, var q] ? (t, q) : (words[1], null);
        var isArray = typeText.StartsWith("[]", StringComparison.Ordinal);
        var element = typeText.TrimStart('[', ']');
        var (type, meaning) = element is "" or "{}" ? (WireType.Struct, Meaning.None) : Types[element];
        var versions = VersionRange.All;
        var tag = -1;
        for (var i = 2; i < words.Length; i++)
        {
            if (words[i] == "tag")
            {
                tag = Number(words[++i]);
            }
            else
            {
                versions = Range(words[i]);
            }
        }

        return new Field
        {
            Name = words[0],
            Type = type,
            Meaning = meaning,
            IsArray = isArray,
            Nullable = nullText switch { null => new VersionRange(1, 0), "" => VersionRange.All, _ => Range(nullText) },
            Versions = versions,
            Tag = tag,
            Default = Default(assignment.Length == 2 ? assignment[1].Trim() : null, type, isArray),
        };
    }

    private static object? Default(string? text, WireType type, bool isArray)
    {
        if (isArray || type == WireType.Struct)
        {
            return text == "null" ? DefaultValues.Null : null;
        }

        if (text == "null")
        {
            return null;
        }

        return type switch
        {
            WireType.Bool => text == "true",
            WireType.Int8 => sbyte.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.Int16 => short.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.UInt16 => ushort.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.Int32 => text?.StartsWith("0x", StringComparison.Ordinal) == true
                ? int.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : int.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.Int64 => long.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.Float64 => double.Parse(text ?? "0", CultureInfo.InvariantCulture),
            WireType.Uuid => Guid.Empty,
            WireType.String => text ?? "",
            WireType.Bytes or WireType.Records => Array.Empty<byte>(),
            _ => throw new FormatException($"No default for {type}"),
        };
    }

    private static short Number(string text) => short.Parse(text, CultureInfo.InvariantCulture);

    private static VersionRange Range(string text)
    {
        if (text.EndsWith('+'))
        {
            return new VersionRange(Number(text[..^1]), short.MaxValue);
        }

        var ends = text.Split('-');
        return new VersionRange(Number(ends[0]), Number(ends[^1]));
    }
}

/// <summary>Marks a struct or an array whose default is null rather than empty.</summary>
internal static class DefaultValues
{
    public static readonly object Null = new();
}
