using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>
/// Deny by default: a root field needs <see cref="AllowedForAttribute"/>; deeper fields may narrow it. Whoever may not use a field is told so
/// before anything runs.
/// </summary>
public sealed class AccessRule : ValidationRuleBase
{
    /// <summary>Roles that may call the API at all.</summary>
    public static readonly IReadOnlyList<string> ApiRoles = [Roles.Operator, Roles.Auditor, Roles.PartnerAdmin];

    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(new Visitor());

    /// <summary>Whether a role may use a field of a type.</summary>
    public static bool Allows(ISchema schema, IGraphType parent, FieldType field, string role)
    {
        if (field.Metadata.TryGetValue(AllowedForAttribute.Key, out var value) && value is string[] roles)
        {
            return roles.Contains(role, StringComparer.Ordinal);
        }

        var root = ReferenceEquals(parent, schema.Query) || ReferenceEquals(parent, schema.Mutation) || ReferenceEquals(parent, schema.Subscription);
        return !root && ApiRoles.Contains(role);
    }

    private sealed class Visitor : INodeVisitor
    {
        public ValueTask EnterAsync(ASTNode node, ValidationContext context)
        {
            if (context.User?.Identity?.IsAuthenticated != true)
            {
                if (node is GraphQLOperationDefinition)
                {
                    context.ReportError(new ValidationError(context.Document.Source, null!, "Sign in with an access token.", node) { Code = Codes.Unauthenticated });
                }

                return default;
            }

            if (node is GraphQLField && context.TypeInfo.GetFieldDef() is { } field && context.TypeInfo.GetParentType() is { } parent
                && !field.Name.StartsWith("__", StringComparison.Ordinal)
                && !Allows(context.Schema, parent, field, Access.AccessSetup.ToCaller(context.User).Role))
            {
                context.ReportError(new ValidationError(context.Document.Source, null!, $"You may not use '{field.Name}'.", node) { Code = Codes.Forbidden });
            }

            return default;
        }

        public ValueTask LeaveAsync(ASTNode node, ValidationContext context) => default;
    }
}
