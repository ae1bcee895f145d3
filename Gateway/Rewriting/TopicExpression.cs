using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// A regular expression over topic names, as brokers take it in ConsumerGroupHeartbeat: in the syntax of RE2, and it must match the whole name. It is
/// evaluated here, over the tenant's own names only, in time that is linear in the name's length; the broker is told the names.
/// </summary>
public sealed partial class TopicExpression
{
    private const int MaximumLength = 1024;

    /// <summary>For all names together: whoever repeats repetitions asks for an automaton of their product.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500);

    private readonly Regex _regex;

    private TopicExpression(Regex regex) => _regex = regex;

    /// <summary>Null: it is no expression, or too costly a one; <paramref name="problem"/> says why.</summary>
    public static TopicExpression? Parse(string text, out string? problem)
    {
        if (text.Length > MaximumLength)
        {
            problem = $"It is longer than {MaximumLength} characters.";
            return null;
        }

        const RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        try
        {
            // Alone first: what is no expression by itself could become one between the anchors.
            var translated = Translate(text);
            _ = new Regex(translated, options, Budget);
            problem = null;
            return new TopicExpression(new Regex($@"\A(?:{translated})\z", options, Budget));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = e.Message;
            return null;
        }
    }

    public bool Matches(string name) => Among([name]) is { Count: 1 };

    /// <summary>Those of some names that match; null: it takes too long, in all.</summary>
    public List<string>? Among(IEnumerable<string> names)
    {
        var began = Stopwatch.GetTimestamp();
        var matching = new List<string>();
        try
        {
            foreach (var name in names)
            {
                if (_regex.IsMatch(name))
                {
                    matching.Add(name);
                }

                if (Stopwatch.GetElapsedTime(began) > Budget)
                {
                    return null;
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }

        return matching;
    }

    /// <summary>What RE2 writes otherwise: <c>\Q...\E</c>, <c>(?P&lt;name&gt;</c>.</summary>
    private static string Translate(string text)
    {
        var translated = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                if (text[i + 1] == 'Q')
                {
                    var end = text.IndexOf(@"\E", i + 2, StringComparison.Ordinal);
                    translated.Append(Regex.Escape(text[(i + 2)..(end < 0 ? text.Length : end)]));
                    i = end < 0 ? text.Length : end + 1;
                    continue;
                }

                translated.Append(text[i]).Append(text[++i]);
                continue;
            }

            translated.Append(text[i]);
            if (text.AsSpan(i).StartsWith("(?P<", StringComparison.Ordinal))
            {
                translated.Append('?');
                i += 2;
            }
        }

        return translated.ToString();
    }
}
