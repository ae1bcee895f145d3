namespace PartnerPlatform.Contracts.Feed;

/// <summary>A real Kafka cluster as gateways need to know it.</summary>
/// <param name="Id">Stream id.</param>
/// <param name="Name"><c>main</c> is the default cluster.</param>
/// <param name="Slots">One per broker ever found; a slot is never given to another (cluster, broker).</param>
/// <param name="Connection">How nodes connect to it; null: by their own configuration, under this name. A node that has one of its own goes by that.</param>
public sealed record PhysicalClusterDocument(string Id, string Name, IReadOnlyList<BrokerSlot> Slots, ClusterConnection? Connection = null);

/// <summary>Properties of Kafka's Java client. Secrets are not among them: a node asks for them by <see cref="ClusterSecrets"/>.</summary>
/// <param name="Number">Of the connection: another one is another connection.</param>
/// <param name="Secrets">Names of the properties that are secret.</param>
public sealed record ClusterConnection(int Number, IReadOnlyDictionary<string, string> Properties, IReadOnlyList<string> Secrets);

/// <summary>Answer to <c>GET /nodes/clusters/{id}/secrets</c>, for nodes only.</summary>
/// <param name="Number">Of the connection that they belong to.</param>
/// <param name="Values">By property.</param>
public sealed record ClusterSecrets(int Number, IReadOnlyDictionary<string, string> Values);

/// <summary>Virtual node id of a broker, the same on every gateway node; its port is <c>GATEWAY_PORT_START + Slot</c>.</summary>
/// <param name="BrokerId">The broker's id in its physical cluster.</param>
/// <param name="Slot">From 0, unique over all physical clusters.</param>
public sealed record BrokerSlot(int BrokerId, int Slot);

public enum VirtualClusterKind
{
    /// <summary>Own namespace: every topic, group and transactional id is stored under <c>name.</c></summary>
    Standard,

    /// <summary>Only alias topics are visible; groups and transactional ids are stored under <c>name.</c></summary>
    Partner,

    /// <summary>The physical cluster as it is, under its own names; only brokers' addresses are the gateway's.</summary>
    Passthrough,
}

/// <summary>A logical Kafka cluster that clients see.</summary>
/// <param name="Name"><c>[a-z0-9-]+</c>, so that prefixes <c>name.</c> are prefix-free.</param>
/// <param name="PhysicalCluster">Name of the physical cluster that groups, transactions and writes go to.</param>
/// <param name="AclEnabled">False: every account of the cluster may do everything in it. Always true for partner clusters.</param>
/// <param name="SuperUsers">Names of service accounts that no ACL binds (a share's READ or WRITE still does).</param>
/// <param name="Suspended">True: nobody logs in, sessions end.</param>
public sealed record VirtualClusterDocument(
    string Id, string Name, VirtualClusterKind Kind, string PhysicalCluster, bool AclEnabled, IReadOnlyList<string> SuperUsers, bool Suspended);

/// <summary>What a share permits at most; ACLs only narrow it.</summary>
public enum SharePermission
{
    Read,
    Write,
    ReadWrite,
}

/// <summary>A name in a virtual cluster for a topic of a physical cluster.</summary>
/// <param name="VirtualClusterId">Id of the virtual cluster's stream.</param>
/// <param name="Name">Name that clients see.</param>
/// <param name="PhysicalCluster">Name of the physical cluster.</param>
/// <param name="PhysicalTopic">Topic in that cluster.</param>
/// <param name="FormerName">What it was called before, as long as that still works; null: it has one name.</param>
/// <param name="Renames">How often it was renamed: sequence numbers of idempotent producers under one name must not meet those under the next.</param>
public sealed record AliasDocument(
    string Id, string VirtualClusterId, string Name, string PhysicalCluster, string PhysicalTopic, SharePermission Permission, string? FormerName = null, int Renames = 0);

public enum ServiceAccountKind
{
    /// <summary>Its credentials are tokens that Platform issues.</summary>
    Local,

    /// <summary>It comes from an OAuth issuer or a certificate.</summary>
    External,
}

/// <summary>An identity of an application.</summary>
/// <param name="VirtualClusterId">Id of the virtual cluster's stream.</param>
/// <param name="Name">Unique in its virtual cluster; the Kafka principal is <c>User:Name</c>.</param>
/// <param name="Revoked">True: it never logs in again, its sessions end.</param>
/// <param name="IssuedBefore">Tokens issued before this moment (Unix seconds) are refused; 0 = none. Sessions made with them end.</param>
/// <param name="Tokens">Ids of the tokens that may be used, with their expiry (Unix seconds); a token not in it is refused.</param>
/// <param name="Identities">Who else logs in as this account; null: nobody.</param>
public sealed record ServiceAccountDocument(
    string Id, string VirtualClusterId, string Name, ServiceAccountKind Kind, bool Revoked, long IssuedBefore, IReadOnlyList<LiveToken> Tokens,
    IReadOnlyList<LoginIdentity>? Identities = null);

/// <summary>Someone for whom an issuer vouches; unique over all accounts.</summary>
/// <param name="Issuer">Claim <c>iss</c> of its access tokens; null: the platform's own Identity; or one of <see cref="Tokens.LoginIssuers"/>.</param>
/// <param name="Subject">Claim <c>sub</c>: of the platform's own tokens the client id.</param>
/// <param name="IssuedBefore">What was issued to it before this moment (Unix seconds) is refused; 0 = none.</param>
public sealed record LoginIdentity(string? Issuer, string Subject, long IssuedBefore = 0);

public sealed record LiveToken(string Id, long ExpiresAt);

/// <summary>All ACL bindings of one virtual cluster, in Kafka's terms, over the names its clients use.</summary>
/// <param name="Id">The virtual cluster's id.</param>
public sealed record AccessControlDocument(string Id, IReadOnlyList<AclBinding> Bindings);

/// <summary>A Kafka ACL binding; every text is Kafka's own upper-case name (TOPIC, LITERAL, READ, ALLOW).</summary>
/// <param name="ResourceType">TOPIC, GROUP, CLUSTER or TRANSACTIONAL_ID.</param>
/// <param name="ResourceName">A name, a prefix, or <c>*</c> (literal) for any.</param>
/// <param name="PatternType">LITERAL or PREFIXED.</param>
/// <param name="Principal"><c>User:name</c> or <c>User:*</c>.</param>
/// <param name="Host">An IP address, or <c>*</c>.</param>
/// <param name="Operation">ALL, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS or IDEMPOTENT_WRITE.</param>
/// <param name="Permission">ALLOW or DENY.</param>
public sealed record AclBinding(
    string ResourceType, string ResourceName, string PatternType, string Principal, string Host, string Operation, string Permission);

/// <summary>A registered gateway node; whether it is alive is found out by probing, not told here.</summary>
/// <param name="Name">Its OAuth client id.</param>
/// <param name="ClusterId"><c>GATEWAY_CLUSTER_ID</c>; nodes with the same one share the load.</param>
/// <param name="AdvertisedHost"><c>GATEWAY_ADVERTISED_HOST</c>.</param>
/// <param name="PortStart"><c>GATEWAY_PORT_START</c>.</param>
/// <param name="PortCount"><c>GATEWAY_PORT_COUNT</c>.</param>
/// <param name="RackId"><c>GATEWAY_RACK_ID</c>, or null.</param>
/// <param name="ProbeUrl">Where other nodes probe it: base URL of its HTTP port.</param>
public sealed record NodeDocument(
    string Id, string Name, string ClusterId, string AdvertisedHost, int PortStart, int PortCount, string? RackId, string ProbeUrl);

/// <summary>An OAuth client of Identity: automation, an application, or a gateway node.</summary>
/// <param name="ClientId">Unique.</param>
/// <param name="SecretHashes">Several during a rotation with overlap.</param>
/// <param name="Role">See <see cref="Tokens.Roles"/>; becomes the claim <c>role</c>.</param>
/// <param name="OrganizationId">Becomes the claim <c>organization</c>; only for partner admins.</param>
public sealed record ClientDocument(
    string Id, string ClientId, IReadOnlyList<SecretHash> SecretHashes, string Role, string? OrganizationId);

/// <summary>Lower-case hex SHA-256 of salt followed by the UTF-8 secret; secrets are generated, 256 bit.</summary>
/// <param name="Salt">Lower-case hex, 16 bytes.</param>
/// <param name="ExpiresAt">Unix seconds; null = does not.</param>
public sealed record SecretHash(string Salt, string Hash, long? ExpiresAt);

/// <summary>A person who may log in. Names, passwords and second factors are Identity's own, and never in the feed.</summary>
/// <param name="Id">Stream id; the <c>sub</c> of the person's tokens.</param>
/// <param name="Role">operator, auditor or partner_admin; becomes the claim <c>role</c>.</param>
/// <param name="OrganizationId">Becomes the claim <c>organization</c>; only for partner admins.</param>
/// <param name="IssuedBefore">Logins and tokens from before this moment (Unix seconds) have ended; 0 = none.</param>
/// <param name="Code">The newest one-time code; the ones before it no longer count. Null for those whom the identity provider lets in.</param>
public sealed record PersonDocument(string Id, string Role, string? OrganizationId, long IssuedBefore, OneTimeCode? Code);

public enum OneTimeCodeKind
{
    /// <summary>Makes the person's login; good only while there is none.</summary>
    Invitation,

    /// <summary>Sets a new password; good only when there is a login.</summary>
    PasswordReset,
}

/// <summary>A code that is handed over by other means and works once.</summary>
/// <param name="Hash">See <see cref="Tokens.OneTimeCodes.Hash"/>.</param>
/// <param name="ExpiresAt">Unix seconds.</param>
public sealed record OneTimeCode(OneTimeCodeKind Kind, string Hash, long ExpiresAt);
