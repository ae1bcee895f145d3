namespace PartnerPlatform.Platform.Commands;

/// <summary>
/// Rules across streams are primary and foreign keys, written in the events' own transaction: a plain read would allow write skew.
/// A name is a claim that is never given back where names are not given twice; <c>alive:id</c> is there while a thing may be referred to.
/// </summary>
public static class CommandTables
{
    public const string ClaimsKey = "claims_pkey";
    public const string ReferencesKey = "references_claim_fkey";
    public const string IdempotencyKey = "idempotency_pkey";

    public const string Sql = """
        create table if not exists platform.claims (
          key text not null,
          owner text not null,
          constraint claims_pkey primary key (key));
        create table if not exists platform."references" (
          owner text not null,
          claim text not null,
          constraint references_pkey primary key (owner, claim),
          constraint references_claim_fkey foreign key (claim) references platform.claims (key) on delete restrict);
        create index if not exists references_claim_idx on platform."references" (claim);
        create table if not exists platform.idempotency (
          caller text not null,
          key text not null,
          input_hash text not null,
          outcome jsonb not null,
          feed_number bigint not null default 0,
          at timestamptz not null,
          constraint idempotency_pkey primary key (caller, key));
        create index if not exists idempotency_at_idx on platform.idempotency (at);
        """;
}

/// <summary>Keys of <c>claims</c>.</summary>
public static class Claim
{
    public static string Organization(string name) => $"organization:{name}";

    public static string PhysicalCluster(string name) => $"physicalCluster:{name}";

    public static string VirtualCluster(string name) => $"virtualCluster:{name}";

    public static string Alias(string virtualClusterId, string name) => $"alias:{virtualClusterId}:{name}";

    /// <summary>A topic has one name in a virtual cluster: answers that carry only its id or physical name could not tell two apart.</summary>
    public static string AliasedTopic(string virtualClusterId, string physicalClusterId, string topic) => $"aliasedTopic:{virtualClusterId}:{physicalClusterId}:{topic}";

    public static string ServiceAccount(string virtualClusterId, string name) => $"serviceAccount:{virtualClusterId}:{name}";

    /// <summary>Someone at an issuer outside the platform logs in as one account only.</summary>
    public static string LoginIdentity(string issuer, string subject) => $"oauthIdentity:{issuer}:{subject}";

    public static string Token(string tokenId) => $"token:{tokenId}";

    public static string PartnerZone(string name) => $"partnerZone:{name}";

    public static string Client(string clientId) => $"client:{clientId}";

    public static string Node(string name) => $"node:{name}";

    public static string Alive(string id) => $"alive:{id}";
}
