using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.AccessControl;

public sealed record GrantAccess(Ask Ask, string VirtualCluster, IReadOnlyList<AclBinding> Bindings) : Command(Ask);

public sealed record RevokeAccess(Ask Ask, string VirtualCluster, IReadOnlyList<AclBinding> Bindings) : Command(Ask);

public static class AccessControlDecider
{
    public const int MaximumBindings = 10_000;
    public const int MaximumPerCommand = 500;

    /// <summary>The list of a new virtual cluster.</summary>
    public static Decision Open(string id, VirtualCluster cluster, IReadOnlyList<AclBinding> bindings)
    {
        var opened = new AccessControlOpened(id, cluster.Id, cluster.Name, cluster.OrganizationId);
        return bindings.Count == 0 ? Decision.Accept(opened) : Decision.Accept(opened, new AccessGranted(bindings));
    }

    public static Decision Close(AccessControlList state) => state.Closed ? Decision.Nothing : Decision.Accept(new AccessControlClosed());

    public static Decision Decide(GrantAccess command, AccessControlList? state)
    {
        if (Check(command.VirtualCluster, command.Bindings, state) is { } refusal)
        {
            return refusal;
        }

        var added = command.Bindings.Distinct().Except(state!.Bindings).ToList();
        if (state.Bindings.Count + added.Count > MaximumBindings)
        {
            return new Refusal(Codes.LimitReached, $"A virtual cluster has at most {MaximumBindings} ACL bindings.", "bindings", "acl-bindings");
        }

        return added.Count == 0 ? Decision.Nothing : Decision.Accept(new AccessGranted(added));
    }

    public static Decision Decide(RevokeAccess command, AccessControlList? state)
    {
        if (Check(command.VirtualCluster, command.Bindings, state) is { } refusal)
        {
            return refusal;
        }

        var removed = command.Bindings.Distinct().Intersect(state!.Bindings).ToList();
        return removed.Count == 0
            ? Refusal.NotFound("such ACL binding in", command.VirtualCluster, "bindings")
            : Decision.Accept(new AccessRevoked(removed));
    }

    /// <summary>Bindings over exactly the topic's name hold for its new one.</summary>
    /// <param name="newName">Null: it has no other name.</param>
    /// <param name="keep">They hold for the old one, too.</param>
    public static Decision Rename(AccessControlList state, string name, string? newName, bool keep)
    {
        var old = state.Bindings.Where(b => b is { ResourceType: "TOPIC", PatternType: "LITERAL" } && b.ResourceName == name).ToList();
        var added = newName is null ? [] : old.Select(b => b with { ResourceName = newName }).Except(state.Bindings).ToList();
        var removed = keep ? [] : old;
        return state.Bindings.Count + added.Count > MaximumBindings
            ? new Refusal(Codes.LimitReached, $"A virtual cluster has at most {MaximumBindings} ACL bindings, and {added.Count} would be added for the new name.", "newName", "acl-bindings")
            : Decision.Accept([.. added.Count > 0 ? [new AccessGranted(added)] : Array.Empty<object>(), .. removed.Count > 0 ? [new AccessRevoked(removed)] : Array.Empty<object>()]);
    }

    /// <summary>
    /// What an account of a partner cluster may do on its own: everything it was shared, and to be in groups. Transactions are a right
    /// of their own. What a share permits at most, READ or WRITE, is enforced besides.
    /// </summary>
    public static IReadOnlyList<AclBinding> Defaults(string account)
    {
        var principal = $"User:{account}";
        return
        [
            .. new[] { "READ", "WRITE", "DESCRIBE" }.Select(o => new AclBinding("TOPIC", "*", "LITERAL", principal, "*", o, "ALLOW")),
            .. new[] { "READ", "DESCRIBE", "DELETE" }.Select(o => new AclBinding("GROUP", "*", "LITERAL", principal, "*", o, "ALLOW")),
        ];
    }

    private static Refusal? Check(string name, IReadOnlyList<AclBinding> bindings, AccessControlList? state)
    {
        if (state is null or { Closed: true })
        {
            return Refusal.NotFound("virtual cluster", name, "virtualCluster");
        }

        if (bindings.Count is 0 or > MaximumPerCommand)
        {
            return Refusal.Invalid("bindings", "acl-count", $"Give 1 to {MaximumPerCommand} bindings.");
        }

        return bindings.Select(AclRules.Check).FirstOrDefault(r => r is not null);
    }
}
