using GraphQL.Validation;
using GraphQLParser.AST;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>GET changes nothing: a link in a page must not be able to.</summary>
public sealed class QueriesOnly : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context)
    {
        if (context.Operation.Operation != OperationType.Query)
        {
            context.ReportError(new ValidationError(context.Document.Source, null!, "Only queries may use GET.", context.Operation) { Code = Codes.BadRequest });
        }

        return default;
    }
}
