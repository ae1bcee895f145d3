using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.ServiceAccounts;

/// <param name="Identity">For an external account: whose access tokens log in as it.</param>
public sealed record CreateServiceAccount(Ask Ask, string NewId, string VirtualCluster, string Name, LoginIdentity? Identity = null) : Command(Ask);

public sealed record RevokeServiceAccount(Ask Ask, string VirtualCluster, string Name) : Command(Ask);

/// <param name="Lifetime">Null: 90 days.</param>
public sealed record IssueToken(Ask Ask, string NewTokenId, string VirtualCluster, string ServiceAccount, TimeSpan? Lifetime) : Command(Ask);

public sealed record RevokeToken(Ask Ask, string TokenId) : Command(Ask);

/// <summary>Everything issued up to now is refused from now on.</summary>
public sealed record RevokeTokens(Ask Ask, string VirtualCluster, string ServiceAccount) : Command(Ask);

public static class ServiceAccountDecider
{
    public const int MaximumTokens = 50;
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(90);
    public static readonly TimeSpan MaximumLifetime = TimeSpan.FromDays(366);
    public static readonly TimeSpan MinimumLifetime = TimeSpan.FromSeconds(10);

    public static Decision Decide(CreateServiceAccount command, VirtualCluster? cluster)
    {
        if (Names.CheckAccount(command.Name) is { } bad)
        {
            return bad;
        }

        if (command is { Identity: not null, Ask.Caller.Role: Roles.PartnerAdmin })
        {
            return new Refusal(Codes.Forbidden, "Accounts of issuers outside are created by operators.", "issuer", "operator-links-identities");
        }

        if (OAuthDecider.Check(command.Identity) is { } wrong)
        {
            return wrong;
        }

        if (cluster is null or { Removed: true })
        {
            return Refusal.NotFound("virtual cluster", command.VirtualCluster, "virtualCluster");
        }

        var created = new ServiceAccountCreated(
            command.NewId, cluster.Id, cluster.Name, command.Name,
            command.Identity is null ? ServiceAccountKind.Local : ServiceAccountKind.External, cluster.OrganizationId);
        return command.Identity is { } identity
            ? Decision.Accept(created, new OAuthIdentityLinked(identity.Issuer, identity.Subject))
            : Decision.Accept(created);
    }

    public static Decision Decide(RevokeServiceAccount command, ServiceAccount? state) => state switch
    {
        null => Refusal.NotFound("service account", command.Name, "serviceAccount"),
        { Revoked: true } => Decision.Nothing,
        _ => Decision.Accept(new ServiceAccountRevoked()),
    };

    public static Decision Decide(IssueToken command, ServiceAccount? state)
    {
        if (state is null)
        {
            return Refusal.NotFound("service account", command.ServiceAccount, "serviceAccount");
        }

        if (state.Revoked)
        {
            return new Refusal(Codes.NotPossibleNow, "The service account was revoked.", "serviceAccount", "not-revoked");
        }

        if (state.Kind != ServiceAccountKind.Local)
        {
            return Refusal.Invalid("serviceAccount", "local-account", "Credentials of an external account are issued elsewhere.");
        }

        var lifetime = command.Lifetime ?? DefaultLifetime;
        if (lifetime < MinimumLifetime || lifetime > MaximumLifetime)
        {
            return Refusal.Invalid("lifetime", "token-lifetime", "A token lives from PT10S to P366D.");
        }

        var now = command.Ask.At.ToUnixTimeSeconds();
        if (state.Tokens.Count(t => t.ExpiresAt > now) >= MaximumTokens)
        {
            return new Refusal(Codes.LimitReached, $"The account has {MaximumTokens} live tokens; revoke one.", "serviceAccount", "live-tokens");
        }

        // After "revoke all" in this very second a new token counts from the next one, or the cut-off would hit it too.
        var issuedAt = Math.Max(now, state.IssuedBefore);
        return Decision.Accept(new TokenIssued(command.NewTokenId, issuedAt, issuedAt + (long)lifetime.TotalSeconds));
    }

    public static Decision Decide(RevokeToken command, ServiceAccount? state) => state?.Tokens.Any(t => t.Id == command.TokenId) switch
    {
        null => Refusal.NotFound("token", command.TokenId, "tokenId"),
        false => Decision.Nothing,
        true => Decision.Accept(new TokenRevoked(command.TokenId)),
    };

    public static Decision Decide(RevokeTokens command, ServiceAccount? state) => state switch
    {
        null => Refusal.NotFound("service account", command.ServiceAccount, "serviceAccount"),
        { Revoked: true } => Decision.Nothing,
        _ => Decision.Accept(new TokensRevoked(command.Ask.At.ToUnixTimeSeconds() + 1)),
    };
}
