using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Access;

public sealed record Binding(string ResourceType, string ResourceName, string PatternType, string Principal, string Host, string Operation, string Permission);

/// <summary>Platform's answer to "may P do O on R".</summary>
public sealed record Explanation(bool Allowed, string Rule, string? Share, Binding? Binding, AuditEntry? Decision)
{
    public const string Fields = $$"""
        allowed rule share binding { resourceType resourceName patternType principal host operation permission } decision { {{AuditEntry.Fields}} }
        """;

    /// <summary>The rule in words, and what would change it.</summary>
    public (string Why, string Change) InWords => Rule switch
    {
        "ACL_ALLOWS" => ("An ACL binding allows it.", "Take the binding away to end it."),
        "SUPER_USER" => ("The account is a super user: no ACL binds it.", "What is shared, and how, binds it all the same."),
        "ACLS_OFF" => ("ACLs are off in this virtual cluster.", "Every account of it may do everything in it."),
        "ACL_DENIES" => ("An ACL binding denies it, and a denial wins over any permission.", "Take the binding away to allow it."),
        "DENY_BY_DEFAULT" => ("No ACL binding allows it, so it is denied.", "Grant it to the account to allow it."),
        "NOT_SHARED" => ("No topic is shared under this name.", "Share a topic under the name to allow it."),
        "SHARE_CEILING" => ("The topic is shared, but not for this; ACLs only narrow what a share permits.", "Share the topic with another permission to allow it."),
        "ACCOUNT_REVOKED" => ("The application is revoked; it never logs in again.", "Create another application."),
        "CLUSTER_SUSPENDED" => ("The zone is suspended; nobody logs in.", "Resume the zone to allow it."),
        "CLUSTER_REMOVED" => ("The virtual cluster is gone.", "Nothing of it comes back."),
        _ => ("", ""),
    };
}
