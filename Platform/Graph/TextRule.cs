using GraphQL.Validation;
using GraphQLParser.AST;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Texts are Unicode without U+0000: neither PostgreSQL nor a Kafka name takes anything else.</summary>
public sealed class TextRule : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context)
    {
        foreach (var (name, value) in context.Variables)
        {
            if (!IsText(value))
            {
                context.ReportError(new TextError(context, name, null));
            }
        }

        return new(new Visitor());
    }

    private static bool IsText(object? value) => value switch
    {
        string text => IsText(text.AsSpan()),
        IDictionary<string, object?> fields => fields.All(f => IsText(f.Key) && IsText(f.Value)),
        System.Collections.IEnumerable items => items.Cast<object?>().All(IsText),
        _ => true,
    };

    private static bool IsText(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Visitor : INodeVisitor
    {
        private string _field = "";

        public ValueTask EnterAsync(ASTNode node, ValidationContext context)
        {
            _field = node is GraphQLArgument or GraphQLObjectField ? ((INamedNode)node).Name.StringValue : _field;
            if (node is GraphQLStringValue value && !IsText(value.Value.Span))
            {
                context.ReportError(new TextError(context, _field, node));
            }

            return default;
        }

        public ValueTask LeaveAsync(ASTNode node, ValidationContext context) => default;
    }
}

/// <summary>What is no text, by field and rule.</summary>
public sealed class TextError : ValidationError
{
    public TextError(ValidationContext context, string field, ASTNode? node)
        : base(context.Document.Source, null!, $"The text of {field} holds U+0000 or half of a surrogate pair.", node is null ? [] : [node])
    {
        Code = Codes.ValidationFailed;
        Extensions = new Dictionary<string, object?> { ["code"] = Codes.ValidationFailed, ["field"] = field, ["rule"] = "text" };
    }
}
