using System.Text.RegularExpressions;

namespace PartnerPlatform.Platform.Commands;

/// <summary>Rules of names, each with the text a caller is told.</summary>
public static partial class Names
{
    public const int KafkaMaximum = 249;

    [GeneratedRegex("^[a-z0-9-]{1,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Slug();

    [GeneratedRegex("^[a-zA-Z0-9._-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Kafka();

    [GeneratedRegex("^[a-zA-Z0-9._@-]{1,128}$", RegexOptions.CultureInvariant)]
    private static partial Regex Account();

    public static Refusal? CheckSlug(string name, string field = "name") => Slug().IsMatch(name) && !name.EndsWith('\n')
        ? null
        : Refusal.Invalid(field, "slug", "Use 1 to 63 of a-z, 0-9 and '-'.");

    /// <summary>Kafka's own rule for topic names.</summary>
    public static Refusal? CheckTopic(string name, string field)
    {
        if (name is "." or ".." || !Kafka().IsMatch(name) || name.EndsWith('\n'))
        {
            return Refusal.Invalid(field, "topic-name", "A topic name has letters, digits, '.', '_' and '-', and is neither '.' nor '..'.");
        }

        return name.Length <= KafkaMaximum
            ? null
            : Refusal.Invalid(field, "topic-name-length", $"A topic name has at most {KafkaMaximum} characters.");
    }

    public static Refusal? CheckAccount(string name, string field = "name") => Account().IsMatch(name) && !name.EndsWith('\n')
        ? null
        : Refusal.Invalid(field, "account-name", "Use 1 to 128 letters, digits, '.', '_', '@' and '-'.");
}
