using System.Text;

namespace PartnerPlatform.ClusterSettings;

/// <summary>A JAAS string is not what Kafka takes; the message never quotes it, since it holds secrets.</summary>
public sealed class InvalidJaasException(string message) : Exception(message);

/// <summary>
/// One login module of a <c>sasl.jaas.config</c>, read as Kafka's clients read it: by the rules of Java's StreamTokenizer. So options are quoted by
/// <c>"</c> or <c>'</c> with Java's escapes, unquoted words may hold letters, digits and <c>.-_$</c>, a bare number is no value, and <c>/</c> outside of quotes
/// begins a comment.
/// </summary>
/// <param name="Module">Class name as given.</param>
/// <param name="Options">The last one counts where a name is given twice.</param>
public sealed record JaasConfig(string Module, IReadOnlyDictionary<string, string> Options)
{
    private static readonly string[] Flags = ["required", "requisite", "sufficient", "optional"];

    /// <summary>The class name without its package: vendors ship Kafka's modules under packages of their own.</summary>
    public string SimpleName => Module[(Module.LastIndexOf('.') + 1)..];

    /// <exception cref="InvalidJaasException">Kafka would not take it either.</exception>
    public static JaasConfig Parse(string text)
    {
        var tokens = new Tokens(text);
        var module = tokens.Next() ?? throw new InvalidJaasException("names no login module");
        if (module is not { IsText: true })
        {
            throw new InvalidJaasException("does not begin with the class name of a login module");
        }

        if (tokens.Next() is not { IsText: true } flag || !Flags.Contains(flag.Text, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidJaasException($"needs one of {string.Join(", ", Flags)} behind the login module");
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            var key = tokens.Next() ?? throw new InvalidJaasException("does not end with a semicolon");
            if (key.IsSymbol(';'))
            {
                break;
            }

            // The name may be a piece of a badly quoted secret: told by its place only.
            var place = $"has no value for option {options.Count + 1}, or one that must be quoted";
            if (!key.IsText || tokens.Next() is not { } equals || !equals.IsSymbol('=') || tokens.Next() is not { IsText: true } value)
            {
                throw new InvalidJaasException(place);
            }

            options[key.Text] = value.Text;
        }

        return tokens.Next() is null ? new JaasConfig(module.Text, options) : throw new InvalidJaasException("goes on behind the semicolon: one login module is allowed");
    }

    /// <param name="Given">Null: a symbol, or a number, which Java's tokenizer does not hand over as text.</param>
    private sealed record Token(string? Given, char Symbol = '\0')
    {
        public bool IsText => Given is not null;

        public string Text => Given ?? "";

        public bool IsSymbol(char symbol) => Given is null && Symbol == symbol;
    }

    private sealed class Tokens(string text)
    {
        private int _at;

        private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

        private bool IsEnd => _at >= text.Length;

        public Token? Next()
        {
            SkipBlanks();
            if (IsEnd)
            {
                return null;
            }

            var c = text[_at];
            if (c is '"' or '\'')
            {
                return new Token(Quoted(c));
            }

            if (char.IsAsciiDigit(c) || c == '.' || (c == '-' && (Peek(1) == '.' || char.IsAsciiDigit(Peek(1)))))
            {
                for (_at++; !IsEnd && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'); _at++)
                {
                }

                return new Token(null);
            }

            if (!IsLetter(c))
            {
                _at++;
                return new Token(null, c);
            }

            var start = _at;
            while (!IsEnd && (IsLetter(text[_at]) || char.IsAsciiDigit(text[_at]) || text[_at] is '.' or '-'))
            {
                _at++;
            }

            return new Token(text[start.._at]);
        }

        private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c is '_' or '$' || c >= 160;

        private void SkipBlanks()
        {
            while (!IsEnd)
            {
                if (text[_at] <= ' ')
                {
                    _at++;
                }
                else if (text[_at] == '/' && Peek(1) == '*')
                {
                    var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                    _at = end < 0 ? text.Length : end + 2;
                }
                else if (text[_at] == '/')
                {
                    var end = text.AsSpan(_at).IndexOfAny('\n', '\r');
                    _at = end < 0 ? text.Length : _at + end;
                }
                else
                {
                    return;
                }
            }
        }

        private string Quoted(char quote)
        {
            var value = new StringBuilder();
            for (_at++; !IsEnd && text[_at] != quote && text[_at] is not ('\n' or '\r'); _at++)
            {
                value.Append(text[_at] == '\\' && _at + 1 < text.Length ? Escaped() : text[_at]);
            }

            if (!IsEnd && text[_at] == quote)
            {
                _at++;
            }

            return value.ToString();
        }

        private char Escaped()
        {
            var c = text[++_at];
            if (c is < '0' or > '7')
            {
                return c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c };
            }

            // Up to three octal digits, 377 at most.
            var value = c - '0';
            for (var more = c <= '3' ? 2 : 1; more > 0 && Peek(1) is >= '0' and <= '7'; more--)
            {
                value = (value * 8) + (text[++_at] - '0');
            }

            return (char)value;
        }
    }
}
