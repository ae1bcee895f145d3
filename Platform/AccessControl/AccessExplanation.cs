using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.AccessControl;

public enum AccessVerdictRule
{
    /// <summary>The virtual cluster is gone.</summary>
    ClusterRemoved,

    /// <summary>The virtual cluster is suspended: nobody logs in.</summary>
    ClusterSuspended,

    /// <summary>The account is revoked: it never logs in again.</summary>
    AccountRevoked,

    /// <summary>An ACL binding denies it.</summary>
    AclDenies,

    /// <summary>No ACL binding allows it.</summary>
    DenyByDefault,

    /// <summary>No topic is shared under this name.</summary>
    NotShared,

    /// <summary>The topic is shared, but not for this; no ACL can widen that.</summary>
    ShareCeiling,

    /// <summary>An ACL binding allows it.</summary>
    AclAllows,

    /// <summary>No ACL binds the account.</summary>
    SuperUser,

    /// <summary>ACLs are off in this virtual cluster.</summary>
    AclsOff,
}

/// <summary>All that an answer depends on, as it was at one moment.</summary>
/// <param name="Alias">What the resource's name stands for, or stood for last (removed); null if never anything.</param>
public sealed record AccessFacts(VirtualCluster Cluster, ServiceAccount Account, AccessControlList Acls, Alias? Alias);

/// <summary>Why something may be done or not, and which decision made it so.</summary>
/// <param name="DecidedIn">Stream of the decision; null: nobody decided, it is the default.</param>
/// <param name="DecidedBy">Stored names of the events that can have been it, the latest counts.</param>
public sealed record AccessFinding(
    bool Allowed, AccessVerdictRule Rule, AclBinding? Binding, SharePermission? Share, string? DecidedIn, IReadOnlyList<string> DecidedBy)
{
    /// <summary>
    /// The gateway's own order: the log-in, then ACLs, then what is shared. The first that refuses answers, so what it says is what to change first.
    /// </summary>
    public static AccessFinding Of(AclQuestion question, AccessFacts facts)
    {
        var (cluster, account) = (facts.Cluster, facts.Account);
        if (cluster.Removed)
        {
            return No(AccessVerdictRule.ClusterRemoved, cluster.Id, "virtual_cluster_removed");
        }

        if (cluster.Suspended)
        {
            return No(AccessVerdictRule.ClusterSuspended, cluster.Id, "virtual_cluster_suspended");
        }

        if (account.Revoked)
        {
            return No(AccessVerdictRule.AccountRevoked, account.Id, "service_account_revoked");
        }

        var free = !cluster.AclEnabled ? AccessVerdictRule.AclsOff
            : cluster.SuperUsers.Contains(account.Name, StringComparer.Ordinal) ? AccessVerdictRule.SuperUser
            : (AccessVerdictRule?)null;
        var acl = AclVerdict.On(question, facts.Acls.Bindings);
        if (free is null && !acl.Allowed)
        {
            return acl.By is null
                ? new(false, AccessVerdictRule.DenyByDefault, null, null, null, [])
                : new(false, AccessVerdictRule.AclDenies, acl.By, null, facts.Acls.Id, ["access_granted"]);
        }

        if (question.ResourceType == "TOPIC" && cluster.Kind == VirtualClusterKind.Partner && Ceiling(question, facts.Alias) is { } ceiling)
        {
            return ceiling;
        }

        var share = facts.Alias is { Removed: false } alias && question.ResourceType == "TOPIC" ? alias.Permission : (SharePermission?)null;
        return free is { } rule
            ? new(true, rule, null, share, cluster.Id, ["virtual_cluster_created"])
            : new(true, AccessVerdictRule.AclAllows, acl.By, share, facts.Acls.Id, ["access_granted"]);
    }

    private static AccessFinding? Ceiling(AclQuestion question, Alias? alias) => alias switch
    {
        null => new(false, AccessVerdictRule.NotShared, null, null, null, []),
        { Removed: true } => No(AccessVerdictRule.NotShared, alias.Id, "alias_removed"),
        _ when Permits(alias.Permission, question.Operation) => null,
        _ => new(false, AccessVerdictRule.ShareCeiling, null, alias.Permission, alias.Id, ["alias_created"]),
    };

    private static bool Permits(SharePermission share, string operation) => operation switch
    {
        "DESCRIBE" or "DESCRIBE_CONFIGS" => true,
        "READ" => share is SharePermission.Read or SharePermission.ReadWrite,
        "WRITE" => share is SharePermission.Write or SharePermission.ReadWrite,
        _ => false,
    };

    private static AccessFinding No(AccessVerdictRule rule, string stream, string decidedBy) => new(false, rule, null, null, stream, [decidedBy]);
}
