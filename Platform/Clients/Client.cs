using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Clients;

public sealed record ClientCreated(string Id, string ClientId, string Role, string? OrganizationId, SecretHash Secret);

/// <param name="PreviousExpiresAt">Unix seconds until which the secrets before it are still taken.</param>
public sealed record ClientSecretRotated(SecretHash Secret, long PreviousExpiresAt);

/// <summary>No secret is taken any more, until the next rotation.</summary>
public sealed record ClientSecretsRevoked;

public sealed record ClientRemoved;

/// <summary>An OAuth client: automation of a person or a partner, an application, or a gateway node. Only hashes of secrets are kept.</summary>
public sealed record Client(
    string Id, string ClientId, string Role, string? OrganizationId, IReadOnlyList<SecretHash> SecretHashes, bool Removed)
    : IState<Client>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public static Client After(Client? state, object @event) => (state, @event) switch
    {
        (null, ClientCreated e) => new(e.Id, e.ClientId, e.Role, e.OrganizationId, [e.Secret], false),
        ({ } s, ClientSecretRotated e) => s with { SecretHashes = [.. s.SecretHashes.TakeLast(1).Select(h => h with { ExpiresAt = e.PreviousExpiresAt }), e.Secret] },
        ({ } s, ClientSecretsRevoked) => s with { SecretHashes = [] },
        ({ } s, ClientRemoved) => s with { Removed = true, SecretHashes = [] },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.Client, Id), Audiences.Identity, OrganizationId,
        Removed ? null : new ClientDocument(Id, ClientId, SecretHashes, Role, OrganizationId));
}
