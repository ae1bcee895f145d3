using System.Collections.Frozen;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Authorization;

/// <summary>Kafka's resource types, with Kafka's codes.</summary>
public enum ResourceType : sbyte
{
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
    DelegationToken = 6,
    User = 7,
}

/// <summary>Kafka's operations, with Kafka's codes.</summary>
public enum Operation : sbyte
{
    All = 2,
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
    CreateTokens = 13,
    DescribeTokens = 14,
    TwoPhaseCommit = 15,
}

/// <summary>
/// ACL bindings, indexed for Kafka's rules: a deny that matches wins over any allow; without a match nothing is allowed; Describe is
/// implied by an allow of Read, Write, Delete or Alter, DescribeConfigs by one of AlterConfigs. A verdict costs a look-up of the name, one of
/// <c>*</c>, and one for each length that a prefix of that type has.
/// </summary>
public sealed class AclIndex
{
    private readonly FrozenDictionary<(ResourceType Type, string Name), Rule[]> _literal;
    private readonly FrozenDictionary<(ResourceType Type, string Name), Rule[]> _prefixed;
    private readonly FrozenDictionary<ResourceType, int[]> _prefixLengths;
    private readonly bool _allowIfNoAclFound;

    /// <param name="bindings">What was granted and denied.</param>
    /// <param name="allowIfNoAclFound">Kafka's <c>allow.everyone.if.no.acl.found</c>: what no pattern matches is allowed.</param>
    /// <exception cref="FormatException">A binding names something that Kafka does not know.</exception>
    public AclIndex(IReadOnlyList<AclBinding> bindings, bool allowIfNoAclFound = false)
    {
        _allowIfNoAclFound = allowIfNoAclFound;
        _literal = Index(bindings.Where(b => b.PatternType == "LITERAL"));
        _prefixed = Index(bindings.Where(b => b.PatternType == "PREFIXED"));
        _prefixLengths = _prefixed.Keys.GroupBy(k => k.Type).ToFrozenDictionary(g => g.Key, g => g.Select(k => k.Name.Length).Distinct().Order().ToArray());
        if (bindings.FirstOrDefault(b => b.PatternType is not ("LITERAL" or "PREFIXED")) is { } unknown)
        {
            throw new FormatException($"Unknown pattern type '{unknown.PatternType}'.");
        }
    }

    /// <summary>Kafka's verdict on one resource.</summary>
    /// <param name="principal"><c>User:name</c>.</param>
    /// <param name="host">IP address of the client.</param>
    public bool Allows(string principal, string host, Operation operation, ResourceType type, string name)
    {
        var allowed = false;
        var found = false;
        foreach (var rule in Matching(type, name))
        {
            found = true;
            if (!rule.IsFor(principal, host))
            {
                continue;
            }

            if (!rule.Allow && rule.Covers(operation))
            {
                return false;
            }

            allowed |= rule.Allow && (rule.Covers(operation) || rule.Implies(operation));
        }

        return allowed || (!found && _allowIfNoAclFound);
    }

    /// <summary>
    /// Kafka's "on any resource of this type": true when an allow exists that no deny covers whole (an equal or shorter prefix, the same
    /// name, or <c>*</c>).
    /// </summary>
    public bool AllowsAny(string principal, string host, Operation operation, ResourceType type)
    {
        // Kafka asks for this name first, and so do implied operations and "no ACL found" come in.
        if (Allows(principal, host, operation, type, "hardcode"))
        {
            return true;
        }

        bool Applies(Rule rule, bool allow) => rule.Allow == allow && rule.IsFor(principal, host) && rule.Covers(operation);
        var denyLiteral = Of(_literal, type).Where(p => p.Rules.Any(r => Applies(r, false))).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        if (denyLiteral.Contains("*"))
        {
            return false;
        }

        var denyPrefixes = Of(_prefixed, type).Where(p => p.Rules.Any(r => Applies(r, false))).Select(p => p.Name).ToList();
        bool CoveredByPrefix(string name) => denyPrefixes.Exists(p => name.StartsWith(p, StringComparison.Ordinal));
        return Of(_literal, type).Any(p => p.Rules.Any(r => Applies(r, true)) && (p.Name == "*" || (!denyLiteral.Contains(p.Name) && !CoveredByPrefix(p.Name))))
            || Of(_prefixed, type).Any(p => p.Rules.Any(r => Applies(r, true)) && !CoveredByPrefix(p.Name));
    }

    private static IEnumerable<(string Name, Rule[] Rules)> Of(FrozenDictionary<(ResourceType Type, string Name), Rule[]> index, ResourceType type) =>
        index.Where(p => p.Key.Type == type).Select(p => (p.Key.Name, p.Value));

    private IEnumerable<Rule> Matching(ResourceType type, string name)
    {
        if (_literal.TryGetValue((type, name), out var exact))
        {
            foreach (var rule in exact)
            {
                yield return rule;
            }
        }

        if (name != "*" && _literal.TryGetValue((type, "*"), out var any))
        {
            foreach (var rule in any)
            {
                yield return rule;
            }
        }

        foreach (var length in _prefixLengths.GetValueOrDefault(type) ?? [])
        {
            if (length > name.Length)
            {
                break;
            }

            if (_prefixed.TryGetValue((type, name[..length]), out var prefixed))
            {
                foreach (var rule in prefixed)
                {
                    yield return rule;
                }
            }
        }
    }

    private static FrozenDictionary<(ResourceType Type, string Name), Rule[]> Index(IEnumerable<AclBinding> bindings) =>
        bindings.GroupBy(b => (AclNames.Parse<ResourceType>(b.ResourceType), b.ResourceName)).ToFrozenDictionary(
            g => g.Key,
            g => g.Select(b => new Rule(b.Principal, b.Host, AclNames.Parse<Operation>(b.Operation), b.Permission switch
            {
                "ALLOW" => true,
                "DENY" => false,
                _ => throw new FormatException($"Unknown permission '{b.Permission}'."),
            })).ToArray());

    private sealed record Rule(string Principal, string Host, Operation Operation, bool Allow)
    {
        public bool IsFor(string principal, string host) => (Principal == principal || Principal == "User:*") && (Host == "*" || Host == host);

        public bool Covers(Operation operation) => Operation == operation || Operation == Operation.All;

        public bool Implies(Operation operation) => operation switch
        {
            Operation.Describe => Operation is Operation.Read or Operation.Write or Operation.Delete or Operation.Alter,
            Operation.DescribeConfigs => Operation == Operation.AlterConfigs,
            _ => false,
        };
    }
}
