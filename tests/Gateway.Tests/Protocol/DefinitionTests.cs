using System.Text.Json.Nodes;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Protocol;

public class DefinitionTests
{
    [Fact]
    public void Every_message_of_Kafka_is_read_to_exactly_its_json()
    {
        Assert.Equal(2280, KafkaFrame.All.Count);
        foreach (var frame in KafkaFrame.All)
        {
            var node = MessageReader.Read(frame.Message, frame.Version, frame.Body);
            var json = KafkaJson.Of(frame.Message, frame.Version, node);
            Assert.True(SameJson(frame.Json, json), $"{frame}\nKafka: {frame.Json.ToJsonString()}\nours:  {json.ToJsonString()}");
        }
    }

    [Fact]
    public void Every_message_of_Kafka_is_written_back_byte_for_byte()
    {
        foreach (var frame in KafkaFrame.All)
        {
            var writer = new WireWriter();
            MessageWriter.Write(frame.Message, frame.Version, MessageReader.Read(frame.Message, frame.Version, frame.Body), writer);
            Assert.True(writer.Written.SequenceEqual(frame.Body), frame.ToString());
        }
    }

    [Fact]
    public void Every_api_and_version_that_Kafka_speaks_is_defined()
    {
        foreach (var group in KafkaFrame.All.GroupBy(f => f.Message))
        {
            Assert.Equal(group.Min(f => f.Version), group.Key.Versions.From);
            Assert.Equal(group.Max(f => f.Version), group.Key.Versions.To);
        }
    }

    [Fact]
    public void Unknown_tagged_fields_are_kept()
    {
        var definition = Definitions.Apis[ApiKey.Metadata].Request;
        var node = Node.Of(definition);
        node.UnknownTags = [(7, [1, 2, 3])];
        var writer = new WireWriter();
        MessageWriter.Write(definition, 12, node, writer);
        var again = MessageReader.Read(definition, 12, writer.Written);
        Assert.Equal([1, 2, 3], Assert.Single(again.UnknownTags!).Data);
    }

    [Fact]
    public void A_line_that_breaks_the_grammar_is_named()
    {
        var error = Assert.Throws<FormatException>(() => DefinitionParser.Parse("XRequest => key 1, versions 0-1\n  a  int33\n", "x.kafka"));
        Assert.Contains("x.kafka:2", error.Message, StringComparison.Ordinal);
    }

    private static bool SameJson(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (null, null) => true,
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(p => y.ContainsKey(p.Key) && SameJson(p.Value, y[p.Key])),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(p => SameJson(p.First, p.Second)),
        (JsonValue x, JsonValue y) => JsonNode.DeepEquals(x, y) || Number(x) is { } n && n.Equals(Number(y)),
        _ => false,
    };

    private static double? Number(JsonValue value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;
}
