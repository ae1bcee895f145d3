using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Zones;

public sealed record PartnerOrganization(string Name, string DisplayName);

/// <summary>What a topic was called before; clients may still use it.</summary>
/// <param name="UnusedFor">ISO 8601.</param>
public sealed record FormerName(string Name, DateTimeOffset? Until, string? UnusedFor, DateTimeOffset? LastUsed)
{
    public string Ends => string.Join(" or ", new[] { Until is { } until ? $"on {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : null, UnusedFor is { } span ? $"when unused for {Days(span)}" : null }.OfType<string>());

    private static string Days(string span) => Ago.Count((int)Math.Max(1, System.Xml.XmlConvert.ToTimeSpan(span).TotalDays), "day");
}

public sealed record SharedTopic(string Name, string? PhysicalTopic, string Permission, bool Ready, FormerName? FormerName)
{
    public bool Reads => Permission.Contains("READ", StringComparison.Ordinal);

    public bool Writes => Permission.Contains("WRITE", StringComparison.Ordinal);
}

public sealed record Token(string Id, DateTimeOffset ExpiresAt);

public sealed record Account(string Name, bool Revoked, string? OauthClientId, IReadOnlyList<Token> Tokens)
{
    public const string Fields = "name revoked oauthClientId tokens { id expiresAt }";
}

public sealed record ConnectFacts(IReadOnlyList<string> BootstrapServers, string? SecurityProtocol, string TokenEndpoint);

public sealed record VirtualCluster(string? PhysicalCluster, Page<Account> ServiceAccounts);

/// <summary>A zone as its pages show it.</summary>
/// <param name="Missing">Shared topics that no node has seen yet.</param>
public sealed record Zone(
    string Name, string Status, bool Suspended, IReadOnlyList<string> Missing, string SuperUser, PartnerOrganization? Organization,
    IReadOnlyList<SharedTopic> Topics, VirtualCluster? VirtualCluster, ConnectFacts? Connect)
{
    public Tone Tone => Suspended ? Tone.Off : Status switch { "READY" => Tone.Good, "PENDING" => Tone.Waiting, _ => Tone.Bad };

    public string Word => Suspended ? "Suspended" : Status switch { "READY" => "Ready", "PENDING" => "Pending", "FAILED" => "Failed", var other => other };

    /// <summary>Partners do not learn what lies behind a shared name.</summary>
    public static string Query(bool staff) => $$"""
        query($name: String!) { partnerZone(name: $name) {
          name status suspended missing superUser organization { name displayName }
          topics { name permission ready formerName { name until unusedFor lastUsed } {{(staff ? "physicalTopic" : "")}} }
          virtualCluster { {{(staff ? "physicalCluster" : "")}} serviceAccounts(first: 200) {
            nodes { {{Account.Fields}} } pageInfo { hasNextPage endCursor } } }
          connect { bootstrapServers securityProtocol tokenEndpoint }
        } }
        """;

    public sealed record Answer(Zone PartnerZone);
}

public static class Permissions
{
    public static string Word(string permission) => permission switch
    {
        "READ" => "read",
        "WRITE" => "write",
        "READ_WRITE" => "read and write",
        var other => other,
    };
}
