using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Mvc;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Nodes;

/// <summary><c>POST /nodes/facts</c>: what a node found out. The node is the token's client id.</summary>
public static class FactsEndpoint
{
    /// <summary>Bytes: a million topics.</summary>
    private const long LargestReport = 200_000_000;

    public static void MapFacts(this IEndpointRouteBuilder app) =>
        app.MapPost("/nodes/facts", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Node)).WithMetadata(new RequestSizeLimitAttribute(LargestReport));

    private static async Task<IResult> Handle(HttpContext http, Facts facts, TopicIdKey key, CancellationToken ct)
    {
        NodeFacts? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<NodeFacts>(http.Request.Body, ContractJson.Options, ct);
        }
        catch (JsonException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest, title: Codes.BadRequest);
        }

        if (body is not { Boot: not null, Version: not null, Endpoint: not null, Sessions: not null, Logins: not null })
        {
            return Results.Problem("boot, version, endpoint, sessions and logins are needed.", statusCode: StatusCodes.Status400BadRequest, title: Codes.BadRequest);
        }

        if (await facts.Take(http.User.ToCaller(), body, ct) is { } refusal)
        {
            return Results.Problem(refusal.Message, title: refusal.Code, statusCode: refusal.Code switch
            {
                Codes.NotFound => StatusCodes.Status403Forbidden,
                Codes.InUse => StatusCodes.Status409Conflict,
                Codes.DependencyUnavailable or Codes.VersionConflict => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status400BadRequest,
            });
        }

        return Results.Json(new NodeFactsAnswer(Convert.ToBase64String(await key.Get(ct))), ContractJson.Options);
    }
}
