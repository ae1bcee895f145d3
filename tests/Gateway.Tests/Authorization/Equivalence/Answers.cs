using System.Globalization;
using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>
/// An answer as text that is the same for both sides when the answers are: ids, addresses, times and error texts are left out or replaced by what they
/// stand for, lists are sorted (Kafka gives no order), and what is not of this world is left out of lists.
/// </summary>
internal sealed class Answers(Side side, World world)
{
    /// <summary>Fields that hold times, or names that the coordinator makes up.</summary>
    private static readonly HashSet<string> LeftOut =
        ["timestamp", "lastTimestamp", "transactionStartTimeMs", "logAppendTimeMs", "rack", "groupEpoch", "assignmentEpoch"];

    private static readonly HashSet<Meaning> MeaningsLeftOut = [Meaning.Host, Meaning.Port, Meaning.ClusterId, Meaning.ErrorText, Meaning.ThrottleTime];

    private static readonly HashSet<string> Members = ["memberId", "leader"];

    public string Text(ApiKey api, short version, Node? answer)
    {
        if (answer is null)
        {
            return "the connection was closed";
        }

        var text = new StringBuilder();
        Struct(text, answer, Definitions.Apis[api].Response.Fields, version, "");
        return text.ToString();
    }

    /// <summary>A request, for messages.</summary>
    public string Request(ApiKey api, short version, Node request)
    {
        var text = new StringBuilder();
        Struct(text, request, Definitions.Apis[api].Request.Fields, version, "");
        return text.ToString();
    }

    private void Struct(StringBuilder text, Node node, List<Field> fields, short version, string indent)
    {
        foreach (var field in fields.Where(f => f.Versions.Contains(version) && !LeftOut.Contains(f.Name) && !MeaningsLeftOut.Contains(f.Meaning)))
        {
            switch (node.Get<object?>(field.Name))
            {
                case List<Node> list:
                    Structs(text, field, list, version, indent);
                    break;
                case List<object?> values:
                    text.Append(indent).Append(field.Name).Append(": ").AppendJoin(", ", values.Select(v => Value(field, v)).Order(StringComparer.Ordinal)).Append('\n');
                    break;
                case Node child:
                    text.Append(indent).Append(field.Name).Append('\n');
                    Struct(text, child, field.Fields, version, indent + "  ");
                    break;
                case var value:
                    text.Append(indent).Append(field.Name).Append(": ").Append(Value(field, value)).Append('\n');
                    break;
            }
        }
    }

    private void Structs(StringBuilder text, Field field, List<Node> list, short version, string indent)
    {
        text.Append(indent).Append(field.Name).Append('\n');
        var items = list.Where(n => !IsForeign(n, field)).Select(n =>
        {
            var item = new StringBuilder();
            Struct(item, n, field.Fields, version, indent + "    ");
            return item.ToString();
        });
        foreach (var item in items.Order(StringComparer.Ordinal))
        {
            text.Append(indent).Append("  -\n").Append(item);
        }
    }

    /// <summary>Named, and not by a name of this world: a topic, group or transaction of another one, or the broker's own.</summary>
    private bool IsForeign(Node node, Field list)
    {
        if (list.Name == "configResources")
        {
            return !node.Text("resourceName")!.EndsWith(world.Suffix, StringComparison.Ordinal);
        }

        var named = list.Fields.Find(f => f.Meaning is Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId && f is { IsArray: false });
        return named is not null && node.Text(named.Name) is { } name && (name.Length > 0 ? !name.EndsWith(world.Suffix, StringComparison.Ordinal) : named.Meaning == Meaning.GroupId);
    }

    private string Value(Field field, object? value) => value switch
    {
        null => "null",
        int id when field.Meaning == Meaning.BrokerId => id < 0 ? "no node" : "a node",
        long id when field.Meaning == Meaning.ProducerId => id < 0 ? "none" : "a producer",
        string member when Members.Contains(field.Name) => member.Length == 0 ? "''" : "a member",
        int epoch when field.Name == "memberEpoch" => epoch <= 0 ? "no epoch" : "an epoch",
        Guid id => side.TopicOf(id),
        byte[] records when field.Type == WireType.Records => $"{records.Length} bytes",
        byte[] bytes => Convert.ToHexString(bytes),
        string text => $"'{text}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
