using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Platform.AccessControl;

/// <summary>What an account wants to do, in Kafka's words.</summary>
/// <param name="Principal"><c>User:name</c>.</param>
/// <param name="Host">IP address of the client; <c>*</c> when none is meant, so that bindings for one host do not count.</param>
/// <param name="Operation">READ, DESCRIBE_CONFIGS, ...</param>
/// <param name="ResourceType">TOPIC, GROUP, CLUSTER or TRANSACTIONAL_ID.</param>
/// <param name="ResourceName">A name that clients use.</param>
public sealed record AclQuestion(string Principal, string Host, string Operation, string ResourceType, string ResourceName);

/// <summary>
/// Kafka's rules over ACL bindings (StandardAuthorizer): a deny that matches wins over any allow, without a match nothing is allowed, and some
/// operations are implied by allows of others. It names the binding that settles it, where the gateway's index only has to be fast.
/// </summary>
/// <param name="By">The binding that settles it; null: none matches.</param>
public sealed record AclVerdict(bool Allowed, AclBinding? By)
{
    private static readonly Dictionary<string, string[]> ImpliedBy = new(StringComparer.Ordinal)
    {
        ["DESCRIBE"] = ["READ", "WRITE", "DELETE", "ALTER"],
        ["DESCRIBE_CONFIGS"] = ["ALTER_CONFIGS"],
    };

    public static AclVerdict On(AclQuestion question, IEnumerable<AclBinding> bindings)
    {
        var matching = bindings.Where(b => IsAbout(b, question) && IsFor(b, question)).ToList();
        if (matching.Find(b => b.Permission == "DENY" && Covers(b, question)) is { } denying)
        {
            return new(false, denying);
        }

        var allowing = matching.Find(b => b.Permission == "ALLOW" && (Covers(b, question) || Implies(b, question)));
        return new(allowing is not null, allowing);
    }

    /// <summary>Whether a binding's pattern takes in the resource, whomever it is for.</summary>
    public static bool IsAbout(AclBinding binding, AclQuestion question) =>
        binding.ResourceType == question.ResourceType && binding.PatternType switch
        {
            "LITERAL" => binding.ResourceName == "*" || binding.ResourceName == question.ResourceName,
            "PREFIXED" => question.ResourceName.StartsWith(binding.ResourceName, StringComparison.Ordinal),
            _ => false,
        };

    private static bool IsFor(AclBinding binding, AclQuestion question) =>
        (binding.Principal == "User:*" || binding.Principal == question.Principal) && (binding.Host == "*" || binding.Host == question.Host);

    private static bool Covers(AclBinding binding, AclQuestion question) => binding.Operation == "ALL" || binding.Operation == question.Operation;

    private static bool Implies(AclBinding binding, AclQuestion question) =>
        ImpliedBy.TryGetValue(question.Operation, out var by) && by.Contains(binding.Operation, StringComparer.Ordinal);
}
