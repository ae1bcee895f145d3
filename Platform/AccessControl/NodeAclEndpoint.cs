using System.Text.Json;
using Marten;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.VirtualClusters;
using Wolverine;

namespace PartnerPlatform.Platform.AccessControl;

/// <summary><c>POST /nodes/acls</c>: what a client decided by Kafka's admin API becomes events like any other decision, in the account's name.</summary>
public static class NodeAclEndpoint
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public static void MapNodeAcls(this IEndpointRouteBuilder app) =>
        app.MapPost("/nodes/acls", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Node));

    private static async Task<IResult> Handle(
        HttpContext http, IMessageBus bus, IDocumentStore store, ClaimReader claims, Enforcement enforcement, TimeProvider time, CancellationToken ct)
    {
        AclChange? change;
        try
        {
            change = await JsonSerializer.DeserializeAsync<AclChange>(http.Request.Body, ContractJson.Options, ct);
        }
        catch (JsonException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest, title: Codes.BadRequest);
        }

        if (change is not { VirtualCluster: not null, ServiceAccount: not null, Bindings: not null })
        {
            return Results.Problem("virtualCluster, serviceAccount and bindings are needed.", statusCode: StatusCodes.Status400BadRequest, title: Codes.BadRequest);
        }

        await using var session = store.QuerySession();
        if (await claims.Owner(Claim.VirtualCluster(change.VirtualCluster), ct) is not { } id || await session.LoadAsync<VirtualCluster>(id, ct) is not { } cluster)
        {
            return Answer(new AclChangeAnswer("There is no such virtual cluster.", 0, 0));
        }

        var caller = new Caller($"{change.VirtualCluster}/{change.ServiceAccount}", Roles.ServiceAccount, cluster.OrganizationId);
        var ask = new Ask(caller, "asked for by Kafka's admin API", Ids.New("change"), time.GetUtcNow());
        var outcome = await bus.InvokeAsync<Outcome>(
            change.Grant ? new GrantAccess(ask, change.VirtualCluster, change.Bindings) : new RevokeAccess(ask, change.VirtualCluster, change.Bindings), CancellationToken.None);
        if (outcome.Refusal is { } refusal)
        {
            // Taken away by another at the same time: what was asked for is so.
            return !change.Grant && refusal is { Code: Codes.NotFound, Field: "bindings" } ? Answer(new AclChangeAnswer(null, 0, 0)) : Answer(new AclChangeAnswer(refusal.Message, 0, 0));
        }

        if (outcome.FeedNumber == 0)
        {
            return Answer(new AclChangeAnswer(null, 0, 0));
        }

        var state = await enforcement.Await(outcome.FeedNumber, LongestWait, ct);
        return Answer(new AclChangeAnswer(null, state.Nodes, state.Applied));
    }

    private static IResult Answer(AclChangeAnswer answer) => Results.Json(answer, ContractJson.Options);
}
