namespace PartnerPlatform.Contracts.Facts;

/// <summary>
/// Body of <c>POST /nodes/facts</c>: what a node found out and how it is. The node is the token's client id.
/// Sent at start, then every few seconds, and at once when a cluster's content changed; a repeat changes nothing.
/// </summary>
/// <param name="Boot">Random id of the process.</param>
/// <param name="Version">Version of the gateway.</param>
/// <param name="Cursor">Feed cursor that the node's snapshot stands at, or null.</param>
/// <param name="Endpoint">How clients and other nodes reach the node; registered as an event when it differs from what is known.</param>
/// <param name="Connections">Authenticated client connections.</param>
/// <param name="Sessions">The newest of them, 2,000 at most.</param>
/// <param name="Logins">Attempts since the last successful post, 200 at most; the same ones again when an answer was lost.</param>
/// <param name="Clusters">Null when nothing changed since the last successful post of this boot.</param>
/// <param name="FormerNamesUsed">Ids of aliases whose former names clients used since the last successful post; null: none.</param>
/// <param name="ClusterProblems">Why clusters are not reached as they should be; null: a node of an older version.</param>
public sealed record NodeFacts(
    string Boot, string Version, string? Cursor, NodeEndpoint Endpoint, int Connections, IReadOnlyList<LiveSession> Sessions,
    IReadOnlyList<LoginAttempt> Logins, IReadOnlyList<ClusterFacts>? Clusters, IReadOnlyList<string>? FormerNamesUsed = null,
    IReadOnlyList<ClusterProblem>? ClusterProblems = null);

/// <param name="SecurityProtocol">Kafka's name of what its listeners speak: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; null: a node of an older version.</param>
public sealed record NodeEndpoint(
    string ClusterId, string AdvertisedHost, int PortStart, int PortCount, string? RackId, string ProbeUrl, string? SecurityProtocol = null);

/// <summary>What a client says of itself and where it comes from; none of it is proven but the address.</summary>
/// <param name="Address">IP address.</param>
/// <param name="ClientId">From its requests' headers.</param>
/// <param name="SoftwareName">From its ApiVersions request.</param>
public sealed record ClientFacts(string Address, string? ClientId, string? SoftwareName, string? SoftwareVersion);

/// <summary>An authenticated client connection.</summary>
/// <param name="Id">Unique in the node's boot.</param>
/// <param name="Mechanism">SASL mechanism.</param>
/// <param name="BytesIn">From the client.</param>
/// <param name="BytesOut">To the client.</param>
public sealed record LiveSession(long Id, string ServiceAccountId, string Mechanism, ClientFacts Client, DateTimeOffset Since, long BytesIn, long BytesOut);

/// <summary>Logins that came to the same within one report; never what was sent.</summary>
/// <param name="Sequence">Unique in the node's boot, so that a repeat counts once.</param>
/// <param name="At">The last of them.</param>
/// <param name="VirtualCluster">As claimed; null when the credentials do not say.</param>
/// <param name="Account">As claimed; null when the credentials do not say.</param>
/// <param name="Code">See <see cref="LoginCodes"/>.</param>
public sealed record LoginAttempt(
    long Sequence, DateTimeOffset At, string? VirtualCluster, string? Account, string Mechanism, ClientFacts Client, string Code, int Count);

/// <summary>What logins come to. Stable names.</summary>
public static class LoginCodes
{
    public const string Succeeded = "SUCCEEDED";
    public const string Malformed = "MALFORMED_CREDENTIALS";
    public const string NotAToken = "NOT_A_TOKEN";
    public const string WrongSignature = "WRONG_SIGNATURE";
    public const string WrongIssuer = "WRONG_ISSUER";
    public const string WrongAudience = "WRONG_AUDIENCE";
    public const string TokenExpired = "TOKEN_EXPIRED";
    public const string TokenRevoked = "TOKEN_REVOKED";
    public const string AnotherAccount = "TOKEN_OF_ANOTHER_ACCOUNT";
    public const string UnknownAccount = "UNKNOWN_ACCOUNT";
    public const string AccountRevoked = "ACCOUNT_REVOKED";
    public const string Suspended = "SUSPENDED";
    public const string UnknownMechanism = "UNKNOWN_MECHANISM";
    public const string PrincipalChanged = "PRINCIPAL_CHANGED";
    public const string KeysUnavailable = "KEYS_UNAVAILABLE";
    public const string CertificateRefused = "CERTIFICATE_REFUSED";
    public const string BrokerRefused = "BROKER_REFUSED";
    public const string OwnerUnknown = "OWNER_UNKNOWN";
    public const string Refused = "REFUSED";
}

/// <param name="Cluster">Its name.</param>
/// <param name="Problem">For operators: may name brokers, holds no secret.</param>
public sealed record ClusterProblem(string Cluster, string Problem);

/// <summary>What a physical cluster holds, as one node saw it.</summary>
/// <param name="Name">Name in the node's configuration.</param>
/// <param name="Reachable">False: brokers and topics are the last ones known.</param>
public sealed record ClusterFacts(string Name, bool Reachable, IReadOnlyList<BrokerFact> Brokers, IReadOnlyList<TopicFact> Topics);

public sealed record BrokerFact(int BrokerId, string? Rack);

public sealed record TopicFact(string Name, Guid TopicId, int Partitions);

/// <summary>Answer to <c>POST /nodes/facts</c>.</summary>
/// <param name="TopicIdKey">
/// Base64, 32 bytes: key of the hash that derives the topic ids shown to clients. Made once by Platform, never rotated;
/// only nodes are told, and keep it in their state file.
/// </param>
public sealed record NodeFactsAnswer(string TopicIdKey);
