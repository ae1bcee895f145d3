using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Authorization;

/// <summary>How a filter means a resource's name; Kafka's codes.</summary>
public enum PatternType : sbyte
{
    Any = 1,
    Match = 2,
    Literal = 3,
    Prefixed = 4,
}

/// <summary>Kafka's permission types, with Kafka's codes.</summary>
public enum PermissionType : sbyte
{
    Deny = 2,
    Allow = 3,
}

/// <summary>Kafka's filter of ACL bindings: what is null matches all.</summary>
public sealed record AclFilter(
    string? ResourceType, string? ResourceName, PatternType PatternType, string? Principal, string? Host, string? Operation, string? Permission)
{
    private const sbyte Any = 1;

    /// <summary>Null: one of the codes is unknown.</summary>
    public static AclFilter? Of(
        sbyte resourceType, string? resourceName, sbyte patternType, string? principal, string? host, sbyte operation, sbyte permission)
    {
        var type = AclNames.Of((ResourceType)resourceType);
        var operationName = AclNames.Of((Operation)operation);
        var permissionName = AclNames.Of((PermissionType)permission);
        return (type is null && resourceType != Any) || (operationName is null && operation != Any) || (permissionName is null && permission != Any)
            || !Enum.IsDefined((PatternType)patternType)
            ? null
            : new AclFilter(type, resourceName, (PatternType)patternType, principal, host, operationName, permissionName);
    }

    public bool Matches(AclBinding binding) =>
        (ResourceType is null || ResourceType == binding.ResourceType)
        && (Principal is null || Principal == binding.Principal)
        && (Host is null || Host == binding.Host)
        && (Operation is null || Operation == binding.Operation)
        && (Permission is null || Permission == binding.Permission)
        && PatternType switch
        {
            PatternType.Literal => binding.PatternType == "LITERAL" && IsNamed(binding),
            PatternType.Prefixed => binding.PatternType == "PREFIXED" && IsNamed(binding),
            PatternType.Match => ResourceName is null || (binding.PatternType == "LITERAL"
                ? binding.ResourceName == ResourceName || binding.ResourceName == "*"
                : ResourceName.StartsWith(binding.ResourceName, StringComparison.Ordinal)),
            _ => IsNamed(binding),
        };

    private bool IsNamed(AclBinding binding) => ResourceName is null || ResourceName == binding.ResourceName;
}
