using System.Collections.Frozen;
using System.Text;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;

namespace PartnerPlatform.Gateway.Model;

/// <summary>One virtual cluster as it is at one moment: immutable, swapped as a whole when anything in it changes.</summary>
public sealed class VirtualCluster
{
    private readonly FrozenSet<string> _superUsers;

    /// <param name="before">The one that this takes the place of: ACLs that did not change stay the same objects.</param>
    public VirtualCluster(
        VirtualClusterDocument document, IEnumerable<AliasDocument> aliases, IEnumerable<ServiceAccountDocument> accounts, AccessControlDocument? accessControl, VirtualCluster? before = null)
    {
        Lineage = before?.Lineage ?? new object();
        Id = document.Id;
        Name = document.Name;
        Kind = document.Kind;
        PhysicalCluster = document.PhysicalCluster;
        AclEnabled = document.Kind == VirtualClusterKind.Partner || (document.AclEnabled && document.Kind != VirtualClusterKind.Passthrough);
        Suspended = document.Suspended;
        Prefix = document.Kind == VirtualClusterKind.Passthrough ? "" : document.Name + ".";
        PrefixUtf8 = Encoding.UTF8.GetBytes(Prefix);
        _superUsers = document.SuperUsers.Select(n => "User:" + n).ToFrozenSet(StringComparer.Ordinal);

        // Aliases of other physical clusters are kept for later: a session leads to one cluster.
        var here = aliases.Where(a => a.PhysicalCluster == document.PhysicalCluster).Select(a => new Alias(a, before?.Aliases.Find(Encoding.UTF8.GetBytes(a.Name)))).ToList();
        var former = here.Select(a => a.Twin).OfType<Alias>().ToList();
        HasFormerNames = former.Count > 0;
        Aliases = new Utf8Map<Alias>(here.Concat(former).DistinctBy(a => a.Name).Select(a => KeyValuePair.Create(a.NameUtf8, a)));
        AliasesByTopic = new Utf8Map<Alias>(here.DistinctBy(a => a.PhysicalTopic).Select(a => KeyValuePair.Create(a.PhysicalTopicUtf8, a)));
        Accounts = accounts.DistinctBy(a => a.Name).ToFrozenDictionary(a => a.Name, StringComparer.Ordinal);
        var bindings = accessControl?.Bindings ?? [];
        (AclBindings, Acls) = before is not null && before.AclBindings.SequenceEqual(bindings) ? (before.AclBindings, before.Acls) : (bindings, new AclIndex(bindings));
    }

    /// <summary>The same object in all that took the place of one another.</summary>
    public object Lineage { get; }

    public string Id { get; }

    /// <summary>All ACL bindings, over the names that clients use.</summary>
    public IReadOnlyList<AclBinding> AclBindings { get; }

    public string Name { get; }

    public VirtualClusterKind Kind { get; }

    public string PhysicalCluster { get; }

    public bool AclEnabled { get; }

    public bool Suspended { get; }

    /// <summary>What topics of standard clusters, and groups and transactional ids of all, are stored under: <c>name.</c>; empty for passthrough.</summary>
    public string Prefix { get; }

    public byte[] PrefixUtf8 { get; }

    /// <summary>By each name, former ones too.</summary>
    public Utf8Map<Alias> Aliases { get; }

    /// <summary>By the topic behind it; never a former name.</summary>
    public Utf8Map<Alias> AliasesByTopic { get; }

    /// <summary>A topic has two names, because it is being renamed.</summary>
    public bool HasFormerNames { get; }

    public FrozenDictionary<string, ServiceAccountDocument> Accounts { get; }

    public AclIndex Acls { get; }

    public bool IsSuperUser(string principal) => _superUsers.Contains(principal);

    /// <summary>Whether names stand for the same topics.</summary>
    public bool HasTheNamesOf(VirtualCluster other) =>
        this == other || (Aliases.Count == other.Aliases.Count && Aliases.Values.All(a => other.Aliases.Find(a.NameUtf8)?.PhysicalTopic == a.PhysicalTopic));

    /// <summary>Whether everybody may do the same to the same topics.</summary>
    public bool GivesTheSameAs(VirtualCluster other) =>
        this == other
        || (AclEnabled == other.AclEnabled && Suspended == other.Suspended && ReferenceEquals(AclBindings, other.AclBindings) && _superUsers.SetEquals(other._superUsers)
            && HasTheNamesOf(other) && Aliases.Values.All(a => other.Aliases.Find(a.NameUtf8)?.Permission == a.Permission));
}

/// <summary>Where a virtual cluster is found whatever its current state; sessions hold this.</summary>
public sealed class VirtualClusterHandle(string id)
{
    private volatile VirtualCluster? _current;

    public string Id { get; } = id;

    /// <summary>Null: it is gone, or not known yet.</summary>
    public VirtualCluster? Current
    {
        get => _current;
        internal set => _current = value;
    }
}
