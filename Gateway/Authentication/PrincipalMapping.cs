using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>
/// Kafka's SSL principal mapping rules (KIP-371): a list with commas of <c>DEFAULT</c> (the name as it is) and <c>RULE:pattern/replacement/[LU]</c>, the first whose pattern matches
/// the whole name decides. A backslash takes its meaning from the sign behind it, '/' too. L and U make lower and upper case.
/// </summary>
public sealed class PrincipalMapping
{
    /// <summary>Names come from outside: a pattern that takes longer over one is no match.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private readonly List<Rule> _rules;

    private PrincipalMapping(List<Rule> rules) => _rules = rules;

    /// <param name="rules">Empty: <c>DEFAULT</c>.</param>
    /// <exception cref="InvalidSettingException">They are not such rules.</exception>
    public static PrincipalMapping Parse(string setting, string rules)
    {
        var parsed = new List<Rule>();
        var rest = rules.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return new PrincipalMapping([Rule.Default]);
        }

        while (!rest.IsEmpty)
        {
            if (rest[0] == ',')
            {
                rest = rest[1..].TrimStart();
                continue;
            }

            var rule = rest.StartsWith("RULE:") ? ReadRule(setting, ref rest) : ReadDefault(setting, ref rest);
            rest = rest.TrimStart();
            if (!rest.IsEmpty && rest[0] != ',')
            {
                throw Wrong(setting, $"'{rest}' stands behind the end of a rule");
            }

            parsed.Add(rule);
        }

        return new PrincipalMapping(parsed);
    }

    /// <summary>The principal's name without <c>User:</c>; null: no rule matches.</summary>
    /// <param name="subject">As <see cref="Certificates.DistinguishedName"/> writes it.</param>
    public string? NameOf(string subject)
    {
        foreach (var rule in _rules)
        {
            if (rule.Apply(subject) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private static Rule ReadDefault(string setting, ref ReadOnlySpan<char> rest)
    {
        if (!rest.StartsWith("DEFAULT"))
        {
            throw Wrong(setting, $"'{rest}' is neither DEFAULT nor begins with RULE:");
        }

        rest = rest["DEFAULT".Length..];
        return Rule.Default;
    }

    private static Rule ReadRule(string setting, ref ReadOnlySpan<char> rest)
    {
        var whole = rest.ToString();
        rest = rest["RULE:".Length..];
        var pattern = ReadPart(setting, whole, ref rest);
        var replacement = ReadPart(setting, whole, ref rest);
        var letters = rest.IsEmpty || rest[0] is not ('L' or 'U') ? (char?)null : rest[0];
        rest = letters is null ? rest : rest[1..];
        try
        {
            return new Rule(pattern, replacement, letters);
        }
        catch (ArgumentException e)
        {
            throw Wrong(setting, $"the pattern '{pattern}' is not a regular expression: {e.Message}");
        }
    }

    /// <summary>Up to a slash without a backslash before it.</summary>
    private static string ReadPart(string setting, string whole, ref ReadOnlySpan<char> rest)
    {
        for (var at = 0; at < rest.Length; at++)
        {
            if (rest[at] == '\\')
            {
                at++;
            }
            else if (rest[at] == '/')
            {
                var part = rest[..at].ToString();
                rest = rest[(at + 1)..];
                return part;
            }
        }

        throw Wrong(setting, $"'{whole}' is not RULE:pattern/replacement/ with L or U behind it or nothing");
    }

    private static InvalidSettingException Wrong(string setting, string what) => new($"{setting}: {what}.");

    private sealed class Rule
    {
        public static readonly Rule Default = new();

        private readonly Regex? _whole;
        private readonly Regex? _pattern;
        private readonly string _replacement = "";
        private readonly char? _letters;

        private Rule()
        {
        }

        public Rule(string pattern, string replacement, char? letters)
        {
            _pattern = new Regex(pattern, RegexOptions.CultureInvariant, Longest);
            _whole = new Regex($"\\A(?:{pattern})\\z", RegexOptions.CultureInvariant, Longest);
            (_replacement, _letters) = (replacement, letters);
        }

        public string? Apply(string subject)
        {
            if (_pattern is null)
            {
                return subject;
            }

            try
            {
                if (!_whole!.IsMatch(subject))
                {
                    return null;
                }

                // Every match is replaced, as Java's replaceAll does: behind one of all there may be an empty one.
                var name = _pattern.Replace(subject, Replacement);
                return _letters switch { 'L' => name.ToLowerInvariant(), 'U' => name.ToUpperInvariant(), _ => name };
            }
            catch (RegexMatchTimeoutException)
            {
                return null;
            }
        }

        private string Replacement(Match match)
        {
            var result = new StringBuilder();
            for (var at = 0; at < _replacement.Length; at++)
            {
                if (_replacement[at] == '\\' && at + 1 < _replacement.Length)
                {
                    result.Append(_replacement[++at]);
                }
                else if (_replacement[at] == '$' && GroupAt(at + 1, match) is { } group)
                {
                    result.Append(match.Groups[group.Number].Value);
                    at += group.Digits;
                }
                else
                {
                    result.Append(_replacement[at]);
                }
            }

            return result.ToString();
        }

        /// <summary>As many digits as still name a group; null: what stands there is no reference but text.</summary>
        private (int Number, int Digits)? GroupAt(int start, Match match)
        {
            (int Number, int Digits)? found = null;
            for (var digits = 1; start + digits <= _replacement.Length && char.IsAsciiDigit(_replacement[start + digits - 1]); digits++)
            {
                var number = int.Parse(_replacement.AsSpan(start, digits), NumberStyles.None, CultureInfo.InvariantCulture);
                if (number >= match.Groups.Count)
                {
                    break;
                }

                found = (number, digits);
            }

            return found;
        }
    }
}
