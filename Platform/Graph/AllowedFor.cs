using GraphQL;
using GraphQL.Types;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Roles that may use a field. A root field without it is for nobody.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class AllowedForAttribute(params string[] roles) : GraphQLAttribute
{
    public const string Key = "allowed-for";

    public override void Modify(FieldType fieldType, bool isInputType) => fieldType.Metadata[Key] = roles;
}
