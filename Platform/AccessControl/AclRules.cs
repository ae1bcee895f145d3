using System.Net;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.AccessControl;

/// <summary>Which bindings Kafka itself would take (AclEntry.supportedOperations, resource names, principals).</summary>
public static class AclRules
{
    private static readonly Dictionary<string, string[]> Operations = new(StringComparer.Ordinal)
    {
        ["TOPIC"] = ["ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS"],
        ["GROUP"] = ["ALL", "READ", "DELETE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS"],
        ["CLUSTER"] = ["ALL", "CREATE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "ALTER", "DESCRIBE"],
        ["TRANSACTIONAL_ID"] = ["ALL", "DESCRIBE", "WRITE"],
    };

    public static bool Supports(string resourceType, string operation) =>
        Operations.TryGetValue(resourceType, out var operations) && operations.Contains(operation, StringComparer.Ordinal);

    public static Refusal? Check(AclBinding binding)
    {
        if (!Operations.TryGetValue(binding.ResourceType, out var operations))
        {
            return Bad("resourceType", "acl-resource-type", "A resource type is TOPIC, GROUP, CLUSTER or TRANSACTIONAL_ID.");
        }

        if (binding.PatternType is not ("LITERAL" or "PREFIXED"))
        {
            return Bad("patternType", "acl-pattern-type", "A pattern type is LITERAL or PREFIXED.");
        }

        if (binding.Permission is not ("ALLOW" or "DENY"))
        {
            return Bad("permission", "acl-permission", "A permission is ALLOW or DENY.");
        }

        if (!operations.Contains(binding.Operation))
        {
            return Bad("operation", "acl-operation", $"{binding.Operation} is no operation on {binding.ResourceType}.");
        }

        if (binding.ResourceName.Length is 0 or > 1000 || binding.ResourceName.Any(char.IsControl))
        {
            return Bad("resourceName", "acl-resource-name", "A resource name has 1 to 1000 printable characters.");
        }

        if (binding.ResourceType == "CLUSTER" && (binding.ResourceName != "kafka-cluster" || binding.PatternType != "LITERAL"))
        {
            return Bad("resourceName", "acl-cluster-name", "The only cluster resource is 'kafka-cluster', LITERAL.");
        }

        if (!binding.Principal.StartsWith("User:", StringComparison.Ordinal) || binding.Principal.Length is <= 5 or > 300)
        {
            return Bad("principal", "acl-principal", "A principal is 'User:' and a name, or 'User:*'.");
        }

        return binding.Host == "*" || IPAddress.TryParse(binding.Host, out _)
            ? null
            : Bad("host", "acl-host", "A host is an IP address or '*'.");
    }

    private static Refusal Bad(string field, string rule, string message) => Refusal.Invalid($"bindings.{field}", rule, message);
}
