using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.ServiceAccounts;

public sealed class IssueClientSecretInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Name of the account.")]
    public required string ServiceAccount { get; set; }

    [Description("How long the secret before it is still taken: up to P30D; PT0S if not given.")]
    public TimeSpan? Overlap { get; set; }
}

[Description("Answer of issueClientSecret.")]
public sealed record IssueClientSecretPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("Its OAuth client id.")] string ClientId,
    [property: Description("The secret for client credentials. Shown this once; null in a dry run and in a repeated answer.")] string? Secret,
    [property: Description("What was done.")] Change Change);

public sealed class RevokeClientSecretInput : MutationInput
{
    [Description("Name of the virtual cluster.")]
    public required string VirtualCluster { get; set; }

    [Description("Name of the account.")]
    public required string ServiceAccount { get; set; }
}

[Description("Answer of revokeClientSecret.")]
public sealed record RevokeClientSecretPayload(
    [property: Description("The account.")] ServiceAccountView ServiceAccount,
    [property: Description("What was done.")] Change Change);

public sealed class OAuthMutations
{
    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Lets an account log in by OAuth client credentials, or gives it a new secret; the one before it can go on for a while.")]
    public static async Task<IssueClientSecretPayload?> IssueClientSecret([FromServices] Dispatch dispatch, IResolveFieldContext context, IssueClientSecretInput input)
    {
        var secret = Secret.Generate();
        var (thing, change, issued) = await dispatch.Send<ServiceAccount>(context, input, ask => new IssueClientSecret(
            ask, Ids.New("client"), input.VirtualCluster, input.ServiceAccount, input.Overlap ?? TimeSpan.Zero, ClientSecrets.Hash(secret)));
        return new(new(thing), issued!.Id, input.DryRun || change.Replayed ? null : secret.Reveal(), change);
    }

    [AllowedFor(Roles.Operator, Roles.PartnerAdmin)]
    [Description("Ends an account's OAuth login: its secrets, the access tokens it was given, and the sessions made with them.")]
    public static async Task<RevokeClientSecretPayload?> RevokeClientSecret([FromServices] Dispatch dispatch, IResolveFieldContext context, RevokeClientSecretInput input)
    {
        var (thing, change, _) = await dispatch.Send<ServiceAccount>(context, input, ask => new RevokeClientSecret(ask, input.VirtualCluster, input.ServiceAccount));
        return new(new(thing), change);
    }
}
