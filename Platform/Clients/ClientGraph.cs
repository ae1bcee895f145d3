using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Clients;

/// <summary>Roles that a client can be given.</summary>
public enum ClientRole
{
    Operator,
    Auditor,
    PartnerAdmin,
}

[GraphQLMetadata(Name = "Client")]
[Description("An OAuth client for automation.")]
public sealed class ClientView(Client state)
{
    [Id]
    [Description("Opaque; never changes.")]
    public string Id => state.Id;

    [Description("Its OAuth client id.")]
    public string ClientId => state.ClientId;

    [Description("Its role: operator, auditor, partner_admin or node.")]
    public string Role => state.Role;

    [Id]
    [Description("Id of the organisation that it acts for.")]
    public string? OrganizationId => state.OrganizationId;

    [Description("True: it is gone.")]
    public bool Removed => state.Removed;

    [Description("Version of its stream.")]
    public long Version => state.Version;

    [Description("What was decided about it, newest first.")]
    public Task<Connection<AuditEntry>> History(
        [FromServices] AuditTrail trail, IResolveFieldContext context, int first = 50, string? after = null) =>
        trail.History(context, state.Id, first, after);
}

public sealed class ClientQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("An OAuth client by its client id.")]
    public static async Task<ClientView?> Client(
        [FromServices] Reading reading, IResolveFieldContext context, [Description("Its client id.")] string clientId) =>
        new(await reading.Get<Client>(context, Claim.Client(clientId), "client", clientId));

    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("OAuth clients in order of creation.")]
    public static Task<Connection<ClientView>> Clients(
        [FromServices] Reading reading, IResolveFieldContext context, int first = 50, string? after = null) =>
        reading.List<Client, ClientView>(context, first, after, q => q.Where(c => !c.Removed), c => new(c));
}

public sealed class CreateClientInput : MutationInput
{
    [Description("Unique; not given twice.")]
    public required string ClientId { get; set; }

    [Description("What it may do.")]
    public ClientRole Role { get; set; }

    [Description("Name of the organisation; for PARTNER_ADMIN only.")]
    public string? Organization { get; set; }
}

[Description("Answer of createClient.")]
public sealed record CreateClientPayload(
    [property: Description("The client.")] ClientView Client,
    [property: Description("The secret, shown this once; null in a dry run and in a repeated answer.")] string? Secret,
    [property: Description("What was done.")] Change Change);

public sealed class RotateClientSecretInput : MutationInput
{
    [Description("Its client id.")]
    public required string ClientId { get; set; }

    [Description("How long the secret before it is still taken: up to P30D; PT0S if not given.")]
    public TimeSpan? Overlap { get; set; }
}

[Description("Answer of rotateClientSecret.")]
public sealed record RotateClientSecretPayload(
    [property: Description("The client.")] ClientView Client,
    [property: Description("The secret, shown this once; null in a dry run and in a repeated answer.")] string? Secret,
    [property: Description("What was done.")] Change Change);

public sealed class RemoveClientInput : MutationInput
{
    [Description("Its client id.")]
    public required string ClientId { get; set; }
}

[Description("Answer of removeClient.")]
public sealed record RemoveClientPayload(
    [property: Description("The client as it was.")] ClientView Client,
    [property: Description("What was done.")] Change Change);

public sealed class ClientMutations
{
    [AllowedFor(Roles.Operator)]
    [Description("Creates an OAuth client; its secret is shown this once.")]
    public static async Task<CreateClientPayload?> CreateClient([FromServices] Dispatch dispatch, IResolveFieldContext context, CreateClientInput input)
    {
        var secret = Secret.Generate();
        var (thing, change, _) = await dispatch.Send<Client>(context, input, ask => new CreateClient(
            ask, Ids.New("client"), input.ClientId, RoleOf(input.Role), input.Organization, ClientSecrets.Hash(secret)));
        return new(new(thing), input.DryRun || change.Replayed ? null : secret.Reveal(), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Gives a client a new secret; the one before it can go on for a while.")]
    public static async Task<RotateClientSecretPayload?> RotateClientSecret([FromServices] Dispatch dispatch, IResolveFieldContext context, RotateClientSecretInput input)
    {
        var secret = Secret.Generate();
        var (thing, change, _) = await dispatch.Send<Client>(context, input, ask => new RotateClientSecret(
            ask, input.ClientId, input.Overlap ?? TimeSpan.Zero, ClientSecrets.Hash(secret)));
        return new(new(thing), input.DryRun || change.Replayed ? null : secret.Reveal(), change);
    }

    [AllowedFor(Roles.Operator)]
    [Description("Removes an OAuth client.")]
    public static async Task<RemoveClientPayload?> RemoveClient([FromServices] Dispatch dispatch, IResolveFieldContext context, RemoveClientInput input)
    {
        var (thing, change, _) = await dispatch.Send<Client>(context, input, ask => new RemoveClient(ask, input.ClientId));
        return new(new(thing), change);
    }

    private static string RoleOf(ClientRole role) => role switch
    {
        ClientRole.Operator => Roles.Operator,
        ClientRole.Auditor => Roles.Auditor,
        _ => Roles.PartnerAdmin,
    };
}
