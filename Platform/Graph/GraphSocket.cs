using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using GraphQL;
using GraphQL.Transport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using PartnerPlatform.Platform.Access;

namespace PartnerPlatform.Platform.Graph;

/// <summary>graphql-transport-ws: the token comes in the upgrade's header, or in connection_init as <c>authorization</c>.</summary>
public static class GraphSocket
{
    public const string Protocol = "graphql-transport-ws";
    private const int MaximumMessage = 256 * 1024;
    private static readonly TimeSpan InitialisationLimit = TimeSpan.FromSeconds(10);

    public static async Task Handle(HttpContext http)
    {
        if (!http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync(Protocol);
        var life = http.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        var serializer = http.RequestServices.GetRequiredService<IGraphQLTextSerializer>();
        var connection = new GraphSocketConnection(socket, http.RequestServices, serializer, stop);
        try
        {
            await Converse(http, socket, connection, serializer, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The other side is gone, or we stop; either way there is nobody to tell.
        }
        finally
        {
            await stop.CancelAsync();
            await connection.Finish();
        }
    }

    private static async Task Converse(
        HttpContext http, WebSocket socket, GraphSocketConnection connection, IGraphQLTextSerializer serializer, CancellationToken ct)
    {
        var user = http.User;
        var initialised = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(InitialisationLimit);
        while (true)
        {
            string? text;
            try
            {
                text = await Receive(socket, initialised ? ct : limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                await connection.Close(4408, "Connection initialisation timeout");
                return;
            }

            if (text is null)
            {
                await connection.Close(1000, "");
                return;
            }

            OperationMessage? message;
            try
            {
                message = serializer.Deserialize<OperationMessage>(text);
            }
            catch (JsonException)
            {
                await connection.Close(4400, "Invalid message");
                return;
            }

            switch (message?.Type)
            {
                case "connection_init" when initialised:
                    await connection.Close(4429, "Too many initialisation requests");
                    return;
                case "connection_init":
                    user = await SignIn(http, serializer.ReadNode<Inputs>(message.Payload), user);
                    if (user.Identity?.IsAuthenticated != true)
                    {
                        await connection.Close(4403, "Forbidden");
                        return;
                    }

                    initialised = true;
                    connection.CloseWhenEnded(user);
                    await connection.Send(new { type = "connection_ack" });
                    break;
                case "ping":
                    await connection.Send(new { type = "pong" });
                    break;
                case "pong":
                    break;
                case "subscribe" when !initialised:
                    await connection.Close(4401, "Unauthorized");
                    return;
                case "subscribe" when message.Id is { } id && serializer.ReadNode<GraphQLRequest>(message.Payload) is { Query: not null } request:
                    if (!connection.Subscribe(id, request, user))
                    {
                        await connection.Close(4409, "Subscriber already exists");
                        return;
                    }

                    break;
                case "complete" when message.Id is { } id:
                    connection.Unsubscribe(id);
                    break;
                default:
                    await connection.Close(4400, "Unknown message");
                    return;
            }
        }
    }

    private static async Task<string?> Receive(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (whole.Length > MaximumMessage)
            {
                throw new WebSocketException(WebSocketError.InvalidMessageType, "Message too big");
            }

            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length);
            }
        }
    }

    private static async Task<ClaimsPrincipal> SignIn(HttpContext http, Inputs? payload, ClaimsPrincipal user)
    {
        var header = payload?.FirstOrDefault(p => p.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase)).Value as string;
        if (header is null || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return user;
        }

        var options = http.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
        var parameters = options.TokenValidationParameters.Clone();
        parameters.ConfigurationManager = options.ConfigurationManager as Microsoft.IdentityModel.Tokens.BaseConfigurationManager;
        var result = await options.TokenHandlers[0].ValidateTokenAsync(header[7..], parameters);
        var claimed = result.IsValid ? new ClaimsPrincipal(result.ClaimsIdentity) : new ClaimsPrincipal();
        return await http.RequestServices.GetRequiredService<Standing>().Holds(claimed, http.RequestAborted) ? claimed : new ClaimsPrincipal();
    }
}
