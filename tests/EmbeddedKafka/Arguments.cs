using System.Globalization;

namespace PartnerPlatform.EmbeddedKafka;

/// <summary>A topic to create at start, written <c>name:partitions</c>.</summary>
public sealed record TopicArgument(string Name, int Partitions)
{
    private const int LongestName = 249;

    public static TopicArgument Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon is > 0 and <= LongestName
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
            && partitions > 0
                ? new TopicArgument(text[..colon], partitions)
                : throw new FormatException($"--topic {text}: expected name:partitions, for example sales.orders.v1:3");
    }
}

/// <summary>The program's command line.</summary>
/// <param name="BootstrapFile">Gets the brokers' addresses once they serve; null = standard output only.</param>
internal sealed record Arguments(int Brokers, IReadOnlyList<TopicArgument> Topics, string? BootstrapFile)
{
    public const string Usage = "usage: EmbeddedKafka [--brokers 3] [--topic name:partitions]... [--bootstrap-file FILE]";

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var brokers = 3;
        var topics = new List<TopicArgument>();
        string? file = null;
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : throw new FormatException($"{args[i]} needs a value.");
            switch (args[i])
            {
                case "--brokers":
                    brokers = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 100
                        ? n
                        : throw new FormatException($"--brokers {value}: expected a number from 1 to 99.");
                    break;
                case "--topic":
                    topics.Add(TopicArgument.Parse(value));
                    break;
                case "--bootstrap-file":
                    file = value;
                    break;
                default:
                    throw new FormatException($"{args[i]} is not known.");
            }
        }

        return new Arguments(brokers, topics, file);
    }
}
