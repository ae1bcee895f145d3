using System.Text.Json.Serialization;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.ServiceAccounts;

public sealed record ServiceAccountCreated(
    string Id, string VirtualClusterId, string VirtualCluster, string Name, ServiceAccountKind Kind, string? OrganizationId);

/// <summary>Times are Unix seconds. The token itself is never stored.</summary>
public sealed record TokenIssued(string TokenId, long IssuedAt, long ExpiresAt);

public sealed record TokenRevoked(string TokenId);

/// <summary>All tokens issued before the moment (Unix seconds) are refused.</summary>
public sealed record TokensRevoked(long IssuedBefore);

/// <summary>From now on access tokens of this identity log in as the account.</summary>
public sealed record OAuthIdentityLinked(string? Issuer, string Subject);

/// <param name="IssuedBefore">Unix seconds: access tokens issued before stay refused, also when the identity is linked again.</param>
public sealed record OAuthIdentityUnlinked(string? Issuer, string Subject, long IssuedBefore);

public sealed record ServiceAccountRevoked;

/// <summary>An identity of an application.</summary>
public sealed record ServiceAccount(
    string Id, string VirtualClusterId, string VirtualCluster, string Name, ServiceAccountKind Kind, string? OrganizationId,
    bool Revoked, long IssuedBefore, IReadOnlyList<LiveToken> Tokens, IReadOnlyList<LoginIdentity> Identities, long OAuthIssuedBefore = 0) : IState<ServiceAccount>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public static ServiceAccount After(ServiceAccount? state, object @event) => (state, @event) switch
    {
        (null, ServiceAccountCreated e) => new(e.Id, e.VirtualClusterId, e.VirtualCluster, e.Name, e.Kind, e.OrganizationId, false, 0, [], []),
        ({ } s, TokenIssued e) => s with
        {
            Tokens = [.. s.Tokens.Where(t => t.ExpiresAt > e.IssuedAt), new LiveToken(e.TokenId, e.ExpiresAt)],
        },
        ({ } s, TokenRevoked e) => s with { Tokens = [.. s.Tokens.Where(t => t.Id != e.TokenId)] },
        ({ } s, TokensRevoked e) => s with { IssuedBefore = e.IssuedBefore, Tokens = [] },
        ({ } s, OAuthIdentityLinked e) => s with { Identities = [.. s.Identities, new LoginIdentity(e.Issuer, e.Subject, s.OAuthIssuedBefore)] },
        ({ } s, OAuthIdentityUnlinked e) => s with
        {
            Identities = [.. s.Identities.Where(i => i.Issuer != e.Issuer || i.Subject != e.Subject)],
            OAuthIssuedBefore = e.IssuedBefore,
        },
        ({ } s, ServiceAccountRevoked) => s with { Revoked = true, Tokens = [], Identities = [] },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.ServiceAccount, Id), Audiences.Gateway, OrganizationId,
        new ServiceAccountDocument(Id, VirtualClusterId, Name, Kind, Revoked, IssuedBefore, Tokens, Identities));

    /// <summary>Client id of its own OAuth client; null: it has none.</summary>
    [JsonIgnore]
    public string? OAuthClientId => Identities.FirstOrDefault(i => i.Issuer is null)?.Subject;
}
