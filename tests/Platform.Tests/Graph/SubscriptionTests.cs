using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Graph;

public sealed class SubscriptionTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private PlatformUnderTest Platform => one.Platform;

    [Fact]
    public async Task Changes_come_over_a_WebSocket_and_resume_from_a_number()
    {
        using var socket = await Connect(TestIdentity.Token("operator", Roles.Operator));
        await Send(socket, new { id = "1", type = "subscribe", payload = new { query = "subscription { changes(after: 0) { number kind thingId version removed changeId } }" } });
        var first = (await Receive(socket)).GetProperty("payload").GetProperty("data").GetProperty("changes");
        Assert.Equal(1, first.GetProperty("number").GetInt64());
        await Send(socket, new { id = "1", type = "complete" });

        await Send(socket, new { id = "2", type = "subscribe", payload = new { query = "subscription { changes { number kind } }" } });
        await Task.Delay(300);
        var change = await Platform.Mutate("createOrganization", new { reason = Scenes.Why, name = "live" }, "change { feedNumber }");
        var message = await Receive(socket);
        while (message.GetProperty("id").GetString() == "1")
        {
            message = await Receive(socket);
        }

        var live = message.GetProperty("payload").GetProperty("data").GetProperty("changes");
        Assert.Equal("organization", live.GetProperty("kind").GetString());
        Assert.Equal(change.GetProperty("change").GetProperty("feedNumber").GetInt64(), live.GetProperty("number").GetInt64());
    }

    [Fact]
    public async Task A_partner_is_told_of_its_own_changes_only()
    {
        var acme = (await Platform.Graph("{ organization(name: \"acme\") { id } }")).GetProperty("data").GetProperty("organization").GetProperty("id").GetString()!;
        using var socket = await Connect(TestIdentity.Token("partner", Roles.PartnerAdmin, acme));
        await Send(socket, new { id = "1", type = "subscribe", payload = new { query = "subscription { changes(after: 0) { kind thingId } }" } });
        Assert.Equal(acme, (await Receive(socket)).GetProperty("payload").GetProperty("data").GetProperty("changes").GetProperty("thingId").GetString());
        await Platform.CreateZone("subscribed-globex", "globex");
        await Platform.CreateZone("subscribed-acme", "acme");
        var zone = (await Platform.Graph("{ partnerZone(name: \"subscribed-acme\") { id } }")).GetProperty("data").GetProperty("partnerZone").GetProperty("id").GetString()!;
        var foreign = (await Platform.Graph("{ partnerZone(name: \"subscribed-globex\") { id virtualCluster { id } } }")).ToString();
        for (var i = 0; i < 7; i++)
        {
            var change = (await Receive(socket)).GetProperty("payload").GetProperty("data").GetProperty("changes");
            Assert.DoesNotContain(change.GetProperty("thingId").GetString()!, foreign, StringComparison.Ordinal);
            if (change.GetProperty("thingId").GetString() == zone)
            {
                return;
            }
        }

        Assert.Fail("the own zone's change never came");
    }

    [Fact]
    public async Task A_WebSocket_without_a_token_is_closed()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new Uri(Platform.Url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), CancellationToken.None);
        await Send(socket, new { type = "connection_init" });
        var result = await socket.ReceiveAsync(new byte[1000], CancellationToken.None);
        Assert.Equal(4403, (int)result.CloseStatus!.Value);
    }

    [Fact]
    public async Task Changes_come_as_server_sent_events()
    {
        using var answer = await Listen(TestIdentity.Token("operator", Roles.Operator), "subscription { changes(after: 0) { number } }");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("event: next", await reader.ReadLineAsync());
        Assert.Contains("\"number\":1", (await reader.ReadLineAsync())!.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_persons_WebSocket_is_closed_at_once()
    {
        var id = await Invite();
        using var socket = await Connect(TestIdentity.PersonToken(id, Roles.Operator));
        await Send(socket, new { id = "1", type = "subscribe", payload = new { query = "subscription { changes { number } }" } });

        await Platform.Mutate("removeUser", new { reason = Scenes.Why, user = id }, "change { id }");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer, limit.Token);
        }
        while (result.MessageType != WebSocketMessageType.Close);
        Assert.Equal(4401, (int)result.CloseStatus!.Value);
    }

    [Fact]
    public async Task A_removed_person_is_sent_no_further_events()
    {
        var id = await Invite();
        using var answer = await Listen(TestIdentity.PersonToken(id, Roles.Operator), "subscription { changes { number } }");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        await Platform.Mutate("removeUser", new { reason = Scenes.Why, user = id }, "change { id }");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var rest = await reader.ReadToEndAsync(limit.Token);
        Assert.Contains("event: complete", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_way_of_listening_outlives_its_token()
    {
        var token = TestIdentity.Token("operator", Roles.Operator, minutes: 0);
        using var answer = await Listen(token, "subscription { changes { number } }");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        Assert.EndsWith("event: complete\ndata: \n\n", await reader.ReadToEndAsync(limit.Token), StringComparison.Ordinal);

        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new Uri(Platform.Url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), limit.Token);
        await Send(socket, new { type = "connection_init", payload = new { authorization = $"Bearer {token}" } });
        WebSocketReceiveResult end;
        do
        {
            end = await socket.ReceiveAsync(new byte[1000], limit.Token);
        }
        while (end.MessageType != WebSocketMessageType.Close);
        Assert.Equal(4401, (int)end.CloseStatus!.Value);
    }

    [Fact]
    public async Task One_connection_has_no_more_than_fifty_operations_under_way()
    {
        using var socket = await Connect(TestIdentity.Token("many", Roles.Operator));
        for (var i = 0; i < 51; i++)
        {
            await Send(socket, new { id = $"{i}", type = "subscribe", payload = new { query = "subscription { changes { number } }" } });
        }

        var refused = await Receive(socket);
        Assert.Equal(("50", "error"), (refused.GetProperty("id").GetString(), refused.GetProperty("type").GetString()));
        Assert.Equal("LIMIT_REACHED", refused.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
        await Send(socket, new { id = "0", type = "complete" });
        await Send(socket, new { id = "again", type = "subscribe", payload = new { query = "{ __typename }" } });
        Assert.Equal("next", (await Receive(socket)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_caller_has_no_more_than_a_hundred_subscriptions_open()
    {
        var open = Platform.Services.GetRequiredService<SubscriptionPlaces>();
        var places = Enumerable.Range(0, SubscriptionPlaces.Maximum).Select(_ => open.Take(new Caller("greedy", Roles.Auditor, null))).ToList();
        Assert.DoesNotContain(null, places);
        var token = TestIdentity.Token("greedy", Roles.Auditor);
        using (var answer = await Listen(token, "subscription { changes { number } }"))
        {
            var told = await answer.Content.ReadAsStringAsync();
            Assert.Contains("LIMIT_REACHED", told, StringComparison.Ordinal);
            Assert.EndsWith("event: complete\ndata: \n\n", told, StringComparison.Ordinal);
        }

        using (var socket = await Connect(token))
        {
            await Send(socket, new { id = "1", type = "subscribe", payload = new { query = "subscription { changes { number } }" } });
            Assert.Equal("error", (await Receive(socket)).GetProperty("type").GetString());
        }

        places[0]!.Dispose();
        places[0]!.Dispose();
        using var last = open.Take(new Caller("greedy", Roles.Auditor, null));
        Assert.NotNull(last);
        Assert.Null(open.Take(new Caller("greedy", Roles.Auditor, null)));
        Assert.NotNull(open.Take(new Caller("another", Roles.Auditor, null)));
    }

    private async Task<string> Invite() =>
        (await Platform.Mutate("inviteUser", new { reason = Scenes.Why, role = "OPERATOR" }, "user { id }")).GetProperty("user").GetProperty("id").GetString()!;

    private async Task<HttpResponseMessage> Listen(string token, string query)
    {
        var http = new HttpClient { BaseAddress = new Uri(Platform.Url) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = new StringContent(JsonSerializer.Serialize(new { query }), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<ClientWebSocket> Connect(string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new Uri(Platform.Url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), CancellationToken.None);
        await Send(socket, new { type = "connection_init", payload = new { authorization = $"Bearer {token}" } });
        Assert.Equal("connection_ack", (await Receive(socket)).GetProperty("type").GetString());
        return socket;
    }

    private static Task Send(ClientWebSocket socket, object message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var result = await socket.ReceiveAsync(buffer, limit.Token);
        return JsonDocument.Parse(buffer.AsMemory(0, result.Count)).RootElement;
    }
}
