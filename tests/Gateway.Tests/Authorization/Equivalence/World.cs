using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>
/// Names and ACL bindings of one round. All names end alike, so that rounds share two clusters without seeing each other: what a list shows beside
/// them is another round's.
/// </summary>
public sealed class World
{
    private static readonly Dictionary<string, string[]> Operations = new()
    {
        ["TOPIC"] = ["READ", "WRITE", "CREATE", "DESCRIBE", "DELETE", "ALTER", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "ALL"],
        ["GROUP"] = ["READ", "DESCRIBE", "DELETE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "ALL"],
        ["TRANSACTIONAL_ID"] = ["DESCRIBE", "WRITE", "ALL"],
        ["CLUSTER"] = ["CREATE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "ALTER", "DESCRIBE", "DELETE", "ALL"],
    };

    /// <summary>The brokers are older than 4.0: some of what they answer has changed since, and the gateway answers as newer ones do.</summary>
    public bool IsOfOldBrokers { get; set; }

    private World(int seed, string kind)
    {
        Seed = seed;
        Kind = kind;
        Suffix = $"-w{seed}";
        VirtualCluster = $"world{seed}";
    }

    public int Seed { get; }

    /// <summary>How the bindings were made.</summary>
    public string Kind { get; }

    public string Suffix { get; }

    /// <summary>Virtual cluster of this world at the gateway.</summary>
    public string VirtualCluster { get; }

    public List<string> Topics { get; private init; } = [];

    /// <summary>The first has offsets, the second a member of the classic protocol, the third one of the new protocol, the others nothing.</summary>
    public List<string> Groups { get; private init; } = [];

    /// <summary>The first has a transaction under way, the second none, the others are not known.</summary>
    public List<string> TransactionalIds { get; private init; } = [];

    /// <summary>Exist, and are for deleting.</summary>
    public List<string> Victims { get; private init; } = [];

    public List<AclBinding> Bindings { get; } = [];

    public string Missing => "missing" + Suffix;

    /// <summary>A name that no request had before.</summary>
    public string New(int number) => $"t{number}new{Suffix}";

    /// <summary>The first three worlds are of a kind: nothing allowed, all allowed, one operation for each topic and group; the others are random.</summary>
    public static World Of(int seed) => (seed % 100) switch
    {
        0 => Named(seed, "nothing is allowed"),
        1 => Everything(seed),
        2 => OneOperationEach(seed),
        _ => AtRandom(seed),
    };

    public override string ToString() => $"world {Seed} ({Kind})\n" + string.Join('\n', Bindings.Select(b => $"  {b.Permission} {b.Principal} from {b.Host}: {b.Operation} on {b.ResourceType} {b.PatternType} '{b.ResourceName}'"));

    private static World Named(int seed, string kind)
    {
        var suffix = $"-w{seed}";
        return new World(seed, kind)
        {
            Topics = [.. new[] { "ta", "tab", "tb", "tc", "td" }.Select(n => n + suffix)],
            Groups = [.. new[] { "ga", "gab", "gb", "gc", "gd" }.Select(n => n + suffix)],
            TransactionalIds = [.. new[] { "xa", "xab", "xb" }.Select(n => n + suffix)],
            Victims = [.. new[] { "tva", "tvb", "tvc", "tvd" }.Select(n => n + suffix)],
        };
    }

    private static World Everything(int seed)
    {
        var world = Named(seed, "all is allowed");
        world.Bindings.AddRange(Operations.Keys.Select(type => Allowed(type, type == "CLUSTER" ? "kafka-cluster" : "*", "ALL")));
        return world;
    }

    /// <summary>What is implied by what: each topic and group is named by the one operation that is allowed on it.</summary>
    private static World OneOperationEach(int seed)
    {
        var suffix = $"-w{seed}";
        var world = new World(seed, "one operation each")
        {
            Topics = [.. Operations["TOPIC"].Select(o => $"t{o.ToLowerInvariant()}{suffix}")],
            Groups = [.. Operations["GROUP"].Select(o => $"g{o.ToLowerInvariant()}{suffix}")],
            TransactionalIds = [.. Operations["TRANSACTIONAL_ID"].Select(o => $"x{o.ToLowerInvariant()}{suffix}")],
            Victims = [.. Operations["TOPIC"].Select(o => $"v{o.ToLowerInvariant()}{suffix}")],
        };
        foreach (var (type, names) in new[] { ("TOPIC", world.Topics), ("TOPIC", world.Victims), ("GROUP", world.Groups), ("TRANSACTIONAL_ID", world.TransactionalIds) })
        {
            world.Bindings.AddRange(names.Select((name, i) => Allowed(type, name, Operations[type][i])));
        }

        return world;
    }

    private static World AtRandom(int seed)
    {
        var world = Named(seed, "at random");
        var random = new Random(seed);
        for (var count = random.Next(4, 40); count > 0; count--)
        {
            var type = random.Next(20) switch { < 10 => "TOPIC", < 14 => "GROUP", < 17 => "TRANSACTIONAL_ID", _ => "CLUSTER" };
            var (name, pattern) = world.Resource(type, random);
            var binding = new AclBinding(
                type, name, pattern,
                random.Next(10) switch { < 7 => "User:alice", < 9 => "User:*", _ => "User:bob" },
                random.Next(10) switch { < 7 => "*", < 9 => "127.0.0.1", _ => "192.0.2.9" },
                Operations[type][random.Next(Operations[type].Length)],
                random.Next(5) == 0 ? "DENY" : "ALLOW");
            if (!world.Bindings.Contains(binding))
            {
                world.Bindings.Add(binding);
            }
        }

        return world;
    }

    private static AclBinding Allowed(string type, string name, string operation) => new(type, name, "LITERAL", "User:alice", "*", operation, "ALLOW");

    private (string Name, string Pattern) Resource(string type, Random random)
    {
        if (type == "CLUSTER")
        {
            return ("kafka-cluster", "LITERAL");
        }

        List<string> names = type switch { "TOPIC" => [.. Topics, .. Victims, Missing], "GROUP" => Groups, _ => TransactionalIds };
        var name = names[random.Next(names.Count)];
        return random.Next(10) switch
        {
            < 2 => ("*", "LITERAL"),
            < 6 => (name[..random.Next(1, name.Length + 1)], "PREFIXED"),
            _ => (name, "LITERAL"),
        };
    }
}
