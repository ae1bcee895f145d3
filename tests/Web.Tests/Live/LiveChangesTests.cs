using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PartnerPlatform.Web.Live;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Tests.Live;

/// <summary>Against a stand-in of Platform whose connections end in all the ways that connections end.</summary>
public sealed class LiveChangesTests : IAsyncLifetime
{
    private readonly WebApplication _platform;
    private readonly Tokens _tokens = new();
    private readonly Queue<Func<WebSocket, Task>> _connections = [];
    private int _connected;

    public LiveChangesTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _platform = builder.Build();
        _platform.UseWebSockets();
        _platform.Run(async http =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync("graphql-transport-ws");
            Interlocked.Increment(ref _connected);
            await (_connections.TryDequeue(out var life) ? life : TellAChange)(socket);
        });
    }

    public async ValueTask InitializeAsync() => await _platform.StartAsync();

    public async ValueTask DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_Platform_that_has_gone_silent_is_asked_again()
    {
        // Nobody reads any more: pings stay without an answer.
        _connections.Enqueue(async socket =>
        {
            await Subscribed(socket);
            await Task.Delay(TimeSpan.FromSeconds(30), _platform.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        await HearsOfAChange();
        Assert.Equal(2, _connected);
    }

    [Fact]
    public async Task Whatever_breaks_it_is_tried_again()
    {
        _tokens.Faults.Enqueue(new System.Text.Json.JsonException("no tokens"));
        _connections.Enqueue(async socket =>
        {
            await Subscribed(socket);
            await Send(socket, """{"type":"next","payload":{"data":{}}}""");
        });
        await HearsOfAChange();
    }

    [Fact]
    public async Task An_expired_token_ends_the_connection_and_not_the_login()
    {
        _connections.Enqueue(async socket =>
        {
            await Subscribed(socket);
            await Close(socket, 4401);
        });
        Assert.False((await HearsOfAChange()).LoginEnded);
        Assert.False(_tokens.Ended);
    }

    [Fact]
    public async Task Whom_Platform_does_not_know_any_more_has_to_log_in_again()
    {
        _connections.Enqueue(async socket =>
        {
            await Read(socket);
            await Close(socket, 4403);
        });
        await using var live = Live();
        live.Start();
        await Eventually.TrueAsync("the login has ended", TimeSpan.FromSeconds(10), () => Task.FromResult(live.LoginEnded));
        Assert.Null(live.AwaySince);
        Assert.True(_tokens.Ended);
    }

    [Fact]
    public async Task Without_a_number_to_resume_from_a_page_is_told_to_ask_anew()
    {
        _connections.Enqueue(Subscribed);
        var told = new TaskCompletionSource();
        await using var live = Live();
        live.StateChanged += () => told.TrySetResult();
        live.Start();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Null(live.AwaySince);
    }

    private async Task<LiveChanges> HearsOfAChange()
    {
        var change = new TaskCompletionSource<ThingChanged>();
        await using var live = Live();
        live.Changed += c => change.TrySetResult(c);
        live.Start();
        Assert.Equal(7, (await change.Task.WaitAsync(TimeSpan.FromSeconds(25), TestContext.Current.CancellationToken)).Number);
        return live;
    }

    private LiveChanges Live() => new(
        new PlatformSocket(_tokens, new(new UriBuilder(_platform.Urls.Single()) { Scheme = "ws" }.Uri)), TimeProvider.System, NullLogger<LiveChanges>.Instance);

    private async Task TellAChange(WebSocket socket)
    {
        await Subscribed(socket);
        await Send(socket, """{"type":"next","payload":{"data":{"changes":{"number":7,"kind":"alias","thingId":"a","changeId":"c"}}}}""");
        await Task.Delay(TimeSpan.FromSeconds(30), _platform.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task Subscribed(WebSocket socket)
    {
        await Read(socket);
        await Send(socket, """{"type":"connection_ack"}""");
        await Read(socket);
    }

    private static async Task Read(WebSocket socket) => await socket.ReceiveAsync(new byte[8192].AsMemory(), CancellationToken.None);

    private static Task Send(WebSocket socket, string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

    private static Task Close(WebSocket socket, int code) => socket.CloseOutputAsync((WebSocketCloseStatus)code, "", CancellationToken.None);

    private sealed class Tokens : IPlatformTokens
    {
        public Queue<Exception> Faults { get; } = [];

        public bool Ended { get; private set; }

        public Task<string> AccessToken(CancellationToken ct) => Faults.TryDequeue(out var fault) ? Task.FromException<string>(fault) : Task.FromResult("token");

        public Task End()
        {
            Ended = true;
            return Task.CompletedTask;
        }
    }
}
