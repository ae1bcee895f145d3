using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Protocol;

/// <summary>Messages written by Kafka's own serializers, each with all of its fields as JSON.</summary>
public sealed record KafkaFrame(string Api, short Key, string Kind, short Version, JsonNode Json, byte[] Body)
{
    private static readonly Lazy<List<KafkaFrame>> Loaded = new(Load);

    public static IReadOnlyList<KafkaFrame> All => Loaded.Value;

    public ApiDefinition Definition => Definitions.Apis[(ApiKey)Key];

    public MessageDefinition Message => Kind == "request" ? Definition.Request : Definition.Response;

    public MessageTable Table => Message.Table(Version);

    public override string ToString() => $"{Api} {Kind} v{Version}";

    private static List<KafkaFrame> Load()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "kafka-frames.jsonl.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var frames = new List<KafkaFrame>();
        while (reader.ReadLine() is { } line)
        {
            var o = JsonNode.Parse(line)!;
            frames.Add(new KafkaFrame(
                (string)o["api"]!, (short)(int)o["key"]!, (string)o["kind"]!, (short)(int)o["version"]!, o["json"]!, Convert.FromHexString((string)o["hex"]!)));
        }

        return frames;
    }
}

/// <summary>A message as Kafka's JSON converters show it.</summary>
public static class KafkaJson
{
    public static JsonObject Of(MessageDefinition definition, short version, Node node) => Struct(node, definition.Fields, version);

    private static JsonObject Struct(Node node, List<Field> fields, short version)
    {
        var json = new JsonObject();
        foreach (var field in fields.Where(f => f.Versions.Contains(version)))
        {
            var value = Get(node, field.Name);
            if (field.Tag >= 0 && IsDefault(field, value))
            {
                continue;
            }

            json[field.Name] = Value(field, value, version);
        }

        return json;
    }

    private static object? Get(Node node, string name) => node.Get<object?>(name);

    private static bool IsDefault(Field field, object? value) => value switch
    {
        List<Node> list => list.Count == 0,
        Node node => field.Fields.TrueForAll(f => IsDefault(f, Get(node, f.Name))),
        null => field.Default is null || field.Default.GetType() == typeof(object),
        _ => value.Equals(field.Default),
    };

    private static JsonNode? Value(Field field, object? value, short version) => value switch
    {
        null => null,
        List<Node> structs => new JsonArray([.. structs.Select(s => (JsonNode?)Struct(s, field.Fields, version))]),
        List<object?> values => new JsonArray([.. values.Select(v => Value(field, v, version))]),
        Node node => Struct(node, field.Fields, version),
        byte[] when field.Type == WireType.Records => "",
        byte[] bytes => Convert.ToBase64String(bytes),
        Guid id => Convert.ToBase64String(id.ToByteArray(bigEndian: true)).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        string text => text,
        bool flag => flag,
        sbyte or short or ushort or int or long => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        double number => number,
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}
