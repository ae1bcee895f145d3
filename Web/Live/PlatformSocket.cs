using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Live;

public sealed record PlatformSocketAddress(Uri Url);

/// <summary>Subscriptions by graphql-transport-ws: one connection each, over when it breaks; who needs more asks again.</summary>
public sealed class PlatformSocket(IPlatformTokens tokens, PlatformSocketAddress address)
{
    private const string Protocol = "graphql-transport-ws";
    private const WebSocketCloseStatus Unauthorized = (WebSocketCloseStatus)4401;
    private const WebSocketCloseStatus Forbidden = (WebSocketCloseStatus)4403;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <param name="connected">Called once Platform has taken the subscription.</param>
    /// <exception cref="WebSocketException">The connection could not be made, or broke.</exception>
    /// <exception cref="RefusedException">Platform refused the subscription.</exception>
    /// <exception cref="LoginEndedException">Platform does not know this person any more.</exception>
    public async IAsyncEnumerable<JsonElement> Subscribe(
        string document, object variables, Action? connected, [EnumeratorCancellation] CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(Protocol);
        // A Platform that vanished without a word is noticed within seconds.
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(5);
        await Open(socket, ct);
        await Send(socket, new { id = "1", type = "subscribe", payload = new { query = document, variables } }, ct);
        connected?.Invoke();
        while (await Receive(socket, ct) is { } message)
        {
            switch (message.GetProperty("type").GetString())
            {
                case "next" when message.GetProperty("payload").TryGetProperty("errors", out var errors):
                    throw new RefusedException(Refusal.Of(errors));
                case "next":
                    yield return message.GetProperty("payload").GetProperty("data");
                    break;
                case "error":
                    throw new RefusedException(Refusal.Of(message.GetProperty("payload")));
                case "complete":
                    yield break;
            }
        }
    }

    private async Task Open(ClientWebSocket socket, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(address.Url, limit.Token);
            await Send(socket, new { type = "connection_init", payload = new { authorization = $"Bearer {await tokens.AccessToken(limit.Token)}" } }, limit.Token);
            if (await Receive(socket, limit.Token) is not { } answer || answer.GetProperty("type").GetString() != "connection_ack")
            {
                // Only here: later on it says no more than that the token's time is over, and the next connection comes with a new one.
                if (socket.CloseStatus is Unauthorized or Forbidden)
                {
                    await tokens.End();
                    throw new LoginEndedException();
                }

                throw new WebSocketException("Platform did not take the connection.");
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WebSocketException("Platform did not answer.");
        }
    }

    private static ValueTask Send(ClientWebSocket socket, object message, CancellationToken ct) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, PlatformApi.Json).AsMemory(), WebSocketMessageType.Text, true, ct);

    /// <returns>Null: the other side closed.</returns>
    private static async Task<JsonElement?> Receive(ClientWebSocket socket, CancellationToken ct)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (true)
        {
            var part = await Read(socket, buffer, ct);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonSerializer.Deserialize<JsonElement>(whole.GetBuffer().AsSpan(0, (int)whole.Length));
            }
        }
    }

    private static async Task<ValueWebSocketReceiveResult> Read(ClientWebSocket socket, byte[] buffer, CancellationToken ct)
    {
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), ct);
        }
        catch (OperationCanceledException silent) when (!ct.IsCancellationRequested)
        {
            // What .NET throws when a ping stays without an answer for KeepAliveTimeout.
            throw new WebSocketException("Platform has gone silent.", silent);
        }
    }
}
