using GraphQL.Validation;
using GraphQL.Validation.Complexity;
using GraphQL.Validation.Errors.Custom;
using GraphQLParser.AST;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <param name="PartnerIntrospection">Whether partner admins may ask for the schema.</param>
public sealed record QueryLimitOptions(bool PartnerIntrospection);

/// <summary>What one request may cost: depth, complexity by role, and how often a field comes under other names.</summary>
public sealed class QueryLimits(QueryLimitOptions options) : ValidationRuleBase
{
    public const int MaximumDepth = 12;
    public const int MaximumComplexity = 20_000;
    public const int MaximumPartnerComplexity = 10_000;
    public const int MaximumAliases = 50;

    /// <summary>Partners share the machine with each other.</summary>
    public static Task CheckComplexity(ComplexityValidationContext context)
    {
        if (context.Error is null && IsPartner(context.ValidationContext) && context.TotalImpact > MaximumPartnerComplexity)
        {
            context.Error = new ComplexityError($"The query's complexity is {context.TotalImpact:0}, {MaximumPartnerComplexity} is allowed.");
        }

        return Task.CompletedTask;
    }

    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(new Visitor(options));

    private static bool IsPartner(ValidationContext context) =>
        context.User?.Identity?.IsAuthenticated == true && context.User.ToCaller().Role == Roles.PartnerAdmin;

    private sealed class Visitor(QueryLimitOptions options) : INodeVisitor
    {
        private int _aliases;

        public ValueTask EnterAsync(ASTNode node, ValidationContext context)
        {
            if (node is not GraphQLField field)
            {
                return default;
            }

            if (field.Alias is not null && ++_aliases == MaximumAliases + 1)
            {
                context.ReportError(new ValidationError(context.Document.Source, null!, $"A request has at most {MaximumAliases} aliases.", node) { Code = Codes.TooComplex });
            }

            if (!options.PartnerIntrospection && field.Name.Value.ToString() is "__schema" or "__type" && IsPartner(context))
            {
                context.ReportError(new ValidationError(context.Document.Source, null!, "The schema is not told to partners here; it is in the documentation.", node) { Code = Codes.Forbidden });
            }

            return default;
        }

        public ValueTask LeaveAsync(ASTNode node, ValidationContext context) => default;
    }
}
