using System.Threading.Channels;
using GraphQL;
using PartnerPlatform.Platform.Access;

namespace PartnerPlatform.Platform.Graph;

/// <summary>Subscriptions as server-sent events (graphql-sse, distinct connections mode).</summary>
public static class GraphEvents
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(12);

    public static async Task Write(HttpContext http, IGraphQLTextSerializer serializer, ExecutionResult result)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        try
        {
            await Write(http, serializer, result, life.Token);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // The other side is gone, or we stop: it comes back and goes on from its last number.
        }
    }

    private static async Task Write(HttpContext http, IGraphQLTextSerializer serializer, ExecutionResult result, CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (result.Streams is null)
        {
            await Send("next", serializer.Serialize(result));
            await Send("complete", "");
            return;
        }

        using var place = http.RequestServices.GetRequiredService<SubscriptionPlaces>().Take(http.User.ToCaller());
        if (place is null)
        {
            await Send("next", serializer.Serialize(new ExecutionResult { Errors = [SubscriptionPlaces.Refused] }));
            await Send("complete", "");
            return;
        }

        await http.Response.Body.FlushAsync(ct);
        var results = Channel.CreateBounded<ExecutionResult>(new BoundedChannelOptions(SubscriptionObserver.Capacity) { SingleReader = true });
        using var subscription = result.Streams.Values.First().Subscribe(new SubscriptionObserver(results.Writer));
        var more = results.Reader.WaitToReadAsync(ct).AsTask();
        // The end of the token, a removal or a logout everywhere ends what is still being told.
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ended = http.RequestServices.GetRequiredService<Standing>().Ends(http.User, watch.Token);
        while (true)
        {
            var first = await Task.WhenAny(more, ended, Task.Delay(Beat, ct));
            if (first == ended)
            {
                await ended;
                break;
            }

            if (first != more)
            {
                await http.Response.WriteAsync(":\n\n", ct);
                await http.Response.Body.FlushAsync(ct);
                continue;
            }

            if (!await more)
            {
                break;
            }

            while (results.Reader.TryRead(out var next))
            {
                await Send("next", serializer.Serialize(next));
            }

            more = results.Reader.WaitToReadAsync(ct).AsTask();
        }

        await watch.CancelAsync();
        await Send("complete", "");

        async Task Send(string name, string data)
        {
            await http.Response.WriteAsync($"event: {name}\ndata: {data}\n\n", ct);
            await http.Response.Body.FlushAsync(ct);
        }
    }
}

/// <summary>Results wait in a bounded queue; a reader that is too slow is ended, and resumes from its last number.</summary>
public sealed class SubscriptionObserver(ChannelWriter<ExecutionResult> writer) : IObserver<ExecutionResult>
{
    public const int Capacity = 1024;

    public void OnNext(ExecutionResult value)
    {
        if (!writer.TryWrite(value))
        {
            writer.TryComplete();
        }
    }

    public void OnError(Exception error)
    {
        writer.TryWrite(new ExecutionResult { Errors = [error as ExecutionError ?? new FaultError(Guid.NewGuid().ToString("N"))] });
        writer.TryComplete();
    }

    public void OnCompleted() => writer.TryComplete();
}
