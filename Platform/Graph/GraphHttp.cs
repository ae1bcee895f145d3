using System.Security.Claims;
using System.Text.Json;
using GraphQL;
using GraphQL.Transport;
using GraphQL.Types;
using Microsoft.Net.Http.Headers;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>GraphQL over HTTP (graphql.github.io/graphql-over-http): POST, or GET for queries; a WebSocket or SSE for subscriptions.</summary>
public static class GraphHttp
{
    private const string ResponseType = "application/graphql-response+json";

    public static async Task Handle(HttpContext http)
    {
        if (http.WebSockets.IsWebSocketRequest)
        {
            await GraphSocket.Handle(http);
            return;
        }

        var serializer = http.RequestServices.GetRequiredService<IGraphQLTextSerializer>();
        var (request, problem) = await Read(http, serializer);
        if (request is null)
        {
            await Fail(http, serializer, problem.Status, problem.Text);
            return;
        }

        var result = await Execute(http.RequestServices, request, http.User, HttpMethods.IsGet(http.Request.Method), http.RequestAborted);
        var accept = http.Request.Headers.Accept.ToString();
        if (accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await GraphEvents.Write(http, serializer, result);
        }
        else if (result.Streams is not null)
        {
            await Fail(http, serializer, StatusCodes.Status406NotAcceptable, "A subscription needs a WebSocket or 'Accept: text/event-stream'.");
        }
        else
        {
            var modern = accept.Contains(ResponseType, StringComparison.OrdinalIgnoreCase);
            http.Response.ContentType = (modern ? ResponseType : "application/json") + "; charset=utf-8";
            http.Response.StatusCode = StatusOf(result, modern);
            await serializer.WriteAsync(http.Response.Body, result, http.RequestAborted);
        }
    }

    public static Task<ExecutionResult> Execute(
        IServiceProvider services, GraphQLRequest request, ClaimsPrincipal user, bool queriesOnly, CancellationToken ct) =>
        services.GetRequiredService<IDocumentExecuter<ISchema>>().ExecuteAsync(new ExecutionOptions
        {
            Query = request.Query,
            OperationName = request.OperationName,
            Variables = request.Variables,
            Extensions = request.Extensions,
            User = user,
            RequestServices = services,
            CancellationToken = ct,
            ValidationRules = queriesOnly ? [.. GraphQL.Validation.DocumentValidator.CoreRules, new QueriesOnly()] : null,
            CachedDocumentValidationRules = queriesOnly ? [new QueriesOnly()] : null,
        });

    private static int StatusOf(ExecutionResult result, bool modern)
    {
        if (result.Errors?.Any(e => e.Code == Codes.Unauthenticated) == true)
        {
            return StatusCodes.Status401Unauthorized;
        }

        return result.Executed || !modern ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
    }

    private static async Task<(GraphQLRequest? Request, (int Status, string Text) Problem)> Read(HttpContext http, IGraphQLTextSerializer serializer)
    {
        try
        {
            if (HttpMethods.IsGet(http.Request.Method))
            {
                var query = http.Request.Query;
                return Check(new GraphQLRequest
                {
                    Query = query["query"],
                    OperationName = query["operationName"],
                    Variables = query.TryGetValue("variables", out var v) ? serializer.Deserialize<Inputs>(v.ToString()) : null,
                });
            }

            if (!HttpMethods.IsPost(http.Request.Method))
            {
                http.Response.Headers.Allow = "GET, POST";
                return (null, (StatusCodes.Status405MethodNotAllowed, "Use POST, or GET for queries."));
            }

            return MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                ? Check(await serializer.ReadAsync<GraphQLRequest>(http.Request.Body, http.RequestAborted))
                : (null, (StatusCodes.Status415UnsupportedMediaType, "Content-Type is application/json."));
        }
        catch (JsonException)
        {
            return (null, (StatusCodes.Status400BadRequest, "The request is not JSON."));
        }

        static (GraphQLRequest?, (int, string)) Check(GraphQLRequest? request) => string.IsNullOrEmpty(request?.Query)
            ? (null, (StatusCodes.Status400BadRequest, "There is no query."))
            : (request, default);
    }

    private static async Task Fail(HttpContext http, IGraphQLTextSerializer serializer, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await serializer.WriteAsync(http.Response.Body, new ExecutionResult { Errors = [new ExecutionError(message) { Code = Codes.BadRequest }] });
    }
}
