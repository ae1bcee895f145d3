using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Platform.PhysicalClusters;

/// <summary><c>GET /nodes/clusters/{id}/secrets</c>: what a node needs beside a connection's properties; for nodes only.</summary>
public static class ClusterSecretsEndpoint
{
    public static void MapClusterSecrets(this IEndpointRouteBuilder app) =>
        app.MapGet("/nodes/clusters/{id}/secrets", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Node));

    private static async Task<IResult> Handle(string id, HttpContext http, SealedSecrets secrets, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await secrets.Find(id, ct) is { } found ? Results.Json(found, ContractJson.Options) : Results.NotFound();
    }
}
