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
    private readonly FrozenDictionary<ResourceType, Dictionary<string, Rule[]>> _literal;
    private readonly FrozenDictionary<ResourceType, Dictionary<string, Rule[]>> _prefixed;
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
        _prefixLengths = _prefixed.ToFrozenDictionary(p => p.Key, p => p.Value.Keys.Select(n => n.Length).Distinct().Order().ToArray());
        if (bindings.FirstOrDefault(b => b.PatternType is not ("LITERAL" or "PREFIXED")) is { } unknown)
        {
            throw new FormatException($"Unknown pattern type '{unknown.PatternType}'.");
        }
    }

    /// <summary>Kafka's verdict on one resource.</summary>
    /// <param name="principal"><c>User:name</c>.</param>
    /// <param name="host">IP address of the client.</param>
    public bool Allows(string principal, string host, Operation operation, ResourceType type, string name) => Judge(principal, host, operation, type, name).Allows(_allowIfNoAclFound);

    /// <summary>Whether a deny matches one resource, whatever else does.</summary>
    public bool Denies(string principal, string host, Operation operation, ResourceType type, string name) => Judge(principal, host, operation, type, name).IsDenied;

    private Verdict Judge(string principal, string host, Operation operation, ResourceType type, string name)
    {
        // With every request for each of its topics: nothing may be allocated here.
        var verdict = new Verdict(principal, host, operation);
        if (_literal.TryGetValue(type, out var literal))
        {
            verdict.Add(literal.GetValueOrDefault(name));
            verdict.Add(name == "*" ? null : literal.GetValueOrDefault("*"));
        }

        if (_prefixed.TryGetValue(type, out var prefixed))
        {
            var prefixes = prefixed.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var length in _prefixLengths[type])
            {
                if (length > name.Length)
                {
                    break;
                }

                if (prefixes.TryGetValue(name.AsSpan(0, length), out var rules))
                {
                    verdict.Add(rules);
                }
            }
        }

        return verdict;
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

    private static IEnumerable<(string Name, Rule[] Rules)> Of(FrozenDictionary<ResourceType, Dictionary<string, Rule[]>> index, ResourceType type) =>
        (index.GetValueOrDefault(type) ?? []).Select(p => (p.Key, p.Value));

    private static FrozenDictionary<ResourceType, Dictionary<string, Rule[]>> Index(IEnumerable<AclBinding> bindings) =>
        bindings.GroupBy(b => AclNames.Parse<ResourceType>(b.ResourceType)).ToFrozenDictionary(
            type => type.Key,
            type => type.GroupBy(b => b.ResourceName).ToDictionary(
                g => g.Key,
                g => g.Select(b => new Rule(b.Principal, b.Host, AclNames.Parse<Operation>(b.Operation), b.Permission switch
                {
                    "ALLOW" => true,
                    "DENY" => false,
                    _ => throw new FormatException($"Unknown permission '{b.Permission}'."),
                })).ToArray(),
                StringComparer.Ordinal));

    /// <summary>What the rules of all patterns that match come to.</summary>
    private ref struct Verdict(string principal, string host, Operation operation)
    {
        private bool _isFound;
        private bool _isAllowed;

        public bool IsDenied { get; private set; }

        public void Add(Rule[]? rules)
        {
            foreach (var rule in rules ?? [])
            {
                _isFound = true;
                if (rule.IsFor(principal, host))
                {
                    IsDenied |= !rule.Allow && rule.Covers(operation);
                    _isAllowed |= rule.Allow && (rule.Covers(operation) || rule.Implies(operation));
                }
            }
        }

        public readonly bool Allows(bool ifNothingIsFound) => !IsDenied && (_isAllowed || (!_isFound && ifNothingIsFound));
    }

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
