using GraphQL.Types;
using GraphQL.Utilities;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Texts that would be the same in many places, and those of types that are not declared here.</summary>
public sealed class SchemaTexts : BaseSchemaNodeVisitor
{
    private static readonly Dictionary<string, string> Arguments = new(StringComparer.Ordinal)
    {
        ["first"] = "How many: 1 to 500.",
        ["after"] = "Cursor after which the page begins; the first page if not given.",
        ["filter"] = "Which ones; all if not given.",
        ["input"] = "What is asked for.",
    };

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["AclOperation"] = "What an ACL binding is about; Kafka's names.",
        ["AclPatternType"] = "How an ACL binding's resource name is meant; Kafka's names.",
        ["AclPermission"] = "Whether an ACL binding allows or denies; a DENY wins.",
        ["AclResourceType"] = "Kinds of things that ACL bindings are about; Kafka's names.",
        ["ClientRole"] = "What an OAuth client may do: OPERATOR everything, AUDITOR read everything, PARTNER_ADMIN its own organisation's.",
        ["PartnerZoneStatus"] = "PENDING: something is missing and awaited. READY: everything is there. FAILED: something is missing for too long.",
        ["SearchKind"] = "Kinds of things that can be searched for; TOPIC is a shared topic, PHYSICAL_TOPIC one of a physical cluster.",
        ["AccessVerdictRule"] = "What settles whether something may be done.",
        ["ServiceAccountKind"] = "LOCAL: its tokens are issued here. EXTERNAL: it comes from an OAuth issuer or a certificate.",
        ["SharePermission"] = "What a share permits at most; ACLs only narrow it.",
        ["UserRole"] = "What a person may do: OPERATOR everything, AUDITOR read everything, PARTNER_ADMIN its own organisation's.",
        ["UserStatus"] = "INVITED: the invitation was not accepted yet. ACTIVE: logs in. REMOVED: never logs in again.",
        ["VirtualClusterKind"] = "STANDARD: a namespace of its own. PARTNER: only aliases are visible, ACLs are on.",
    };

    public override void VisitObjectFieldArgumentDefinition(QueryArgument argument, FieldType field, IObjectGraphType type, ISchema schema) =>
        argument.Description ??= Arguments.GetValueOrDefault(argument.Name);

    public override void VisitEnum(EnumerationGraphType type, ISchema schema) => type.Description ??= Types.GetValueOrDefault(type.Name);

    public override void VisitInputObject(IInputObjectGraphType type, ISchema schema) => type.Description ??= $"Input of {Camel(type.Name)}.";

    private static string Camel(string input) => char.ToLowerInvariant(input[0]) + input[1..].Replace("Input", "", StringComparison.Ordinal);
}
