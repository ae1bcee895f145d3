using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using GraphQL;
using GraphQL.Transport;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>What one WebSocket sends: results of its subscriptions, one message at a time.</summary>
public sealed class GraphSocketConnection(
    WebSocket socket, IServiceProvider services, IGraphQLTextSerializer serializer, CancellationTokenSource stop)
{
    /// <summary>Operations that may be under way on one connection.</summary>
    private const int MaximumRunning = 50;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _subscriptions = new();
    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly SemaphoreSlim _gate = new(1);
    private volatile bool _ended;
    private Task _watch = Task.CompletedTask;

    public async Task Send(object message)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message);
        await _gate.WaitAsync(stop.Token);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, stop.Token);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task Close(int code, string why)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, why, CancellationToken.None);
        }
    }

    public bool Subscribe(string id, GraphQLRequest request, ClaimsPrincipal user)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        if (_ended || !_subscriptions.TryAdd(id, source))
        {
            source.Dispose();
            return false;
        }

        var run = Run(id, request, user, source);
        _running[id] = run;
        if (run.IsCompleted)
        {
            // It has ended before it was noted.
            _running.TryRemove(new(id, run));
        }

        return true;
    }

    public void Unsubscribe(string id)
    {
        if (_subscriptions.TryRemove(id, out var source))
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }

    /// <summary>A session does not outlive its token, a removal or a logout everywhere.</summary>
    public void CloseWhenEnded(ClaimsPrincipal user) => _watch = Watch(user);

    public Task Finish() => Task.WhenAll([.. _running.Values, _watch]);

    private async Task Watch(ClaimsPrincipal user)
    {
        try
        {
            await services.GetRequiredService<Standing>().Ends(user, stop.Token);
            _ended = true;
            foreach (var id in _subscriptions.Keys)
            {
                Unsubscribe(id);
            }

            await Close(4401, "The login has ended");
            // The other side answers and is then let go; one that does not is cut off.
            stop.CancelAfter(Farewell);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The connection is gone.
        }
        catch (Exception e) when (Conflicts.IsUnavailable(e))
        {
            // Whether it still holds cannot be known: the other side comes back and asks again.
            await stop.CancelAsync();
        }
    }

    private async Task Run(string id, GraphQLRequest request, ClaimsPrincipal user, CancellationTokenSource source)
    {
        try
        {
            if (_subscriptions.Count > MaximumRunning)
            {
                await Refuse(id, [new RefusedError(new Refusal(Codes.LimitReached, $"One connection has at most {MaximumRunning} operations under way."))]);
                return;
            }

            var result = await GraphHttp.Execute(services, request, user, false, source.Token);
            if (result.Streams is null && !result.Executed)
            {
                await Refuse(id, result.Errors);
                return;
            }

            if (result.Streams is null)
            {
                await Send(new { id, type = "next", payload = Json(result) });
            }
            else
            {
                using var place = services.GetRequiredService<SubscriptionPlaces>().Take(user.ToCaller());
                if (place is null)
                {
                    await Refuse(id, [SubscriptionPlaces.Refused]);
                    return;
                }

                var results = Channel.CreateBounded<ExecutionResult>(SubscriptionObserver.Capacity);
                using var subscription = result.Streams.Values.First().Subscribe(new SubscriptionObserver(results.Writer));
                await foreach (var next in results.Reader.ReadAllAsync(source.Token))
                {
                    await Send(new { id, type = "next", payload = Json(next) });
                }
            }

            if (_subscriptions.ContainsKey(id))
            {
                await Send(new { id, type = "complete" });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // Unsubscribed, or the connection is gone.
        }
        finally
        {
            _subscriptions.TryRemove(id, out _);
            _running.TryRemove(id, out _);
            source.Dispose();
        }
    }

    private Task Refuse(string id, ExecutionErrors? errors) =>
        Send(new { id, type = "error", payload = Json(new ExecutionResult { Errors = errors }).GetProperty("errors") });

    private JsonElement Json(ExecutionResult result)
    {
        using var document = JsonDocument.Parse(serializer.Serialize(result));
        return document.RootElement.Clone();
    }
}
