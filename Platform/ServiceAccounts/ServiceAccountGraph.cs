using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.ServiceAccounts;

[GraphQLMetadata(Name = "Token")]
[Description("A token that may be used; the token itself was shown once.")]
public sealed record TokenView(
    [property: Id, Description("Its id, for revokeToken.")] string Id,
    [property: Description("Until when.")] DateTimeOffset ExpiresAt);

[GraphQLMetadata(Name = "ServiceAccount")]
[Description("An identity of an application.")]
public sealed class ServiceAccountView(ServiceAccount state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Unique in its virtual cluster; the Kafka principal is User:name.")]
    public string Name => state.Name;

    [Description("Name of the virtual cluster.")]
    public string VirtualCluster => state.VirtualCluster;

    [Description("LOCAL: its tokens are issued here. EXTERNAL: its credentials come from elsewhere.")]
    public ServiceAccountKind Kind => state.Kind;

    [Description("True: it never logs in again.")]
    public bool Revoked => state.Revoked;

    [Description("Client id of its OAuth client; null: it has none.")]
    public string? OauthClientId => state.OAuthClientId;

    [Description("For an external account: who vouches for it: an OAuth issuer, certificate, kafka or anonymous.")]
    public string? Issuer => External?.Issuer;

    [Description("For an external account: whom the issuer vouches for.")]
    public string? Subject => External?.Subject;

    [Description("Tokens issued before this moment are refused.")]
    public DateTimeOffset? IssuedBefore => state.IssuedBefore == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(state.IssuedBefore);

    [Description("Tokens that may be used, 50 at most; expired ones go when the next is issued.")]
    public IReadOnlyList<TokenView> Tokens => [.. state.Tokens.Select(t => new TokenView(t.Id, DateTimeOffset.FromUnixTimeSeconds(t.ExpiresAt)))];

    [Description("Version of its stream.")]
    public long Version => state.Version;

    private LoginIdentity? External => state.Identities.FirstOrDefault(i => i.Issuer is not null);

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class ServiceAccountQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("A service account by its virtual cluster and name.")]
    public static async Task<ServiceAccountView?> ServiceAccount(
        [FromServices] Reading reading, IResolveFieldContext context,
        [Description("Name of the virtual cluster.")] string virtualCluster, [Description("Its name.")] string name)
    {
        var cluster = await reading.Get<VirtualCluster>(context, Claim.VirtualCluster(virtualCluster), "virtual cluster", virtualCluster);
        return new(await reading.Get<ServiceAccount>(context, Claim.ServiceAccount(cluster.Id, name), "service account", name));
    }
}

public sealed class CreateServiceAccountInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Unique in its virtual cluster; names are not given twice.")]
    public required string Name { get; set; }

    [Description("For an account whose credentials come from outside: an OAuth issuer (its tokens' claim iss), or certificate (an authority that the nodes trust), kafka (the main cluster, by delegated login), anonymous (clients without credentials). Not for partner admins.")]
    public string? Issuer { get; set; }

    [Description("With issuer: whom it vouches for; of one account only. The tokens' claim sub; the name that the mapping rules make of a certificate's subject; a user of the main cluster; ANONYMOUS.")]
    public string? Subject { get; set; }
}

[Description("Answer of createServiceAccount.")]
public sealed record CreateServiceAccountPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("What was done.")] Change Change);

public sealed class RevokeServiceAccountInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Its name.")]
    public required string Name { get; set; }
}

[Description("Answer of revokeServiceAccount.")]
public sealed record RevokeServiceAccountPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("What was done.")] Change Change);

public sealed class IssueTokenInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Name of the account.")]
    public required string ServiceAccount { get; set; }

    [Description("How long it may be used: PT10S to P366D; P90D if not given.")]
    public TimeSpan? Lifetime { get; set; }
}

[Description("Answer of issueToken.")]
public sealed record IssueTokenPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Id, Description("Id of the token, for revokeToken.")] string TokenId,
    [property: Description("The token: password for SASL/PLAIN. Shown this once; null in a dry run and in a repeated answer.")] string? Token,
    [property: Description("Until when it may be used.")] DateTimeOffset ExpiresAt,
    [property: Description("What was done.")] Change Change);

public sealed class RevokeTokenInput : MutationInput
{
    [Id]
    [Description("Id of the token.")]
    public required string TokenId { get; set; }
}

[Description("Answer of revokeToken.")]
public sealed record RevokeTokenPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("What was done.")] Change Change);

public sealed class RevokeTokensInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Name of the account.")]
    public required string ServiceAccount { get; set; }
}

[Description("Answer of revokeTokens.")]
public sealed record RevokeTokensPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("What was done.")] Change Change);

public sealed class ServiceAccountMutations
{
    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Creates an account; in a partner cluster with the rights to use what is shared.")]
    public static async Task<CreateServiceAccountPayload?> CreateServiceAccount([FromServices] Dispatch dispatch, IResolveFieldContext context, CreateServiceAccountInput input)
    {
        var (thing, change, _) = await dispatch.Send<ServiceAccount>(context, input, ask => new CreateServiceAccount(
            ask, Ids.New("account"), input.VirtualCluster, input.Name,
            input.Issuer is null && input.Subject is null ? null : new LoginIdentity(input.Issuer ?? "", input.Subject ?? "")));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Ends an account for good: its sessions end, it never logs in again.")]
    public static async Task<RevokeServiceAccountPayload?> RevokeServiceAccount([FromServices] Dispatch dispatch, IResolveFieldContext context, RevokeServiceAccountInput input)
    {
        var (thing, change, _) = await dispatch.Send<ServiceAccount>(context, input, ask => new RevokeServiceAccount(ask, input.VirtualCluster, input.Name));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Issues a token, which is shown this once.")]
    public static async Task<IssueTokenPayload?> IssueToken([FromServices] Dispatch dispatch, IResolveFieldContext context, IssueTokenInput input)
    {
        var (thing, change, issued) = await dispatch.Send<ServiceAccount>(context, input, ask => new IssueToken(
            ask, Ids.New("token"), input.VirtualCluster, input.ServiceAccount, input.Lifetime));
        return new(new(thing), issued!.Id, issued.Secret?.Reveal(), issued.ExpiresAt!.Value, change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Ends one token and the sessions made with it.")]
    public static async Task<RevokeTokenPayload?> RevokeToken([FromServices] Dispatch dispatch, IResolveFieldContext context, RevokeTokenInput input)
    {
        var (thing, change, _) = await dispatch.Send<ServiceAccount>(context, input, ask => new RevokeToken(ask, input.TokenId));
        return new(new(thing), change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Ends all tokens issued up to now and the sessions made with them; new ones can be issued.")]
    public static async Task<RevokeTokensPayload?> RevokeTokens([FromServices] Dispatch dispatch, IResolveFieldContext context, RevokeTokensInput input)
    {
        var (thing, change, _) = await dispatch.Send<ServiceAccount>(context, input, ask => new RevokeTokens(ask, input.VirtualCluster, input.ServiceAccount));
        return new(new(thing), change);
    }
}
