using System.Xml;
using GraphQL.Types;
using GraphQLParser.AST;

namespace PartnerPlatform.Platform.Graph;

/// <summary>ISO 8601 durations, such as <c>PT2S</c> or <c>P90D</c>.</summary>
public sealed class DurationGraphType : ScalarGraphType
{
    public DurationGraphType()
    {
        Name = "Duration";
        Description = "An ISO 8601 duration without years and months, such as PT2S or P90D.";
    }

    public override object? ParseLiteral(GraphQLValue value) => value switch
    {
        GraphQLStringValue text => Parse(text.Value.ToString()),
        GraphQLNullValue => null,
        _ => ThrowLiteralConversionError(value),
    };

    public override object? ParseValue(object? value) => value switch
    {
        null => null,
        TimeSpan span => span,
        string text => Parse(text),
        _ => ThrowValueConversionError(value),
    };

    public override object? Serialize(object? value) => value is TimeSpan span ? XmlConvert.ToString(span) : value;

    private object? Parse(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (FormatException)
        {
            return ThrowValueConversionError(text);
        }
    }
}
