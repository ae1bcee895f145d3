using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>A broker that knows versions, logins by PLAIN and an empty cluster of itself, and counts: one whose mind about logins can be changed.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private int _logins;
    private int _atOnce;
    private int _mostAtOnce;

    public FakeBroker()
    {
        _listener.Start(2000);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public volatile bool Refuses;

    /// <summary>How long a login lives, in milliseconds; 0 = for ever.</summary>
    public long SessionLifetime { get; set; }

    /// <summary>Logins tried so far.</summary>
    public int Logins => Volatile.Read(ref _logins);

    /// <summary>The most logins that were under way together.</summary>
    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var channel = TestLoops.Shared.Open(socket);
        using var reader = new FrameReader(channel);
        try
        {
            while (await reader.NextSizeAsync(1 << 20, _end.Token) is { } size)
            {
                var bytes = await reader.PeekAsync(FrameReader.SizeBytes + size, _end.Token);
                var frame = RequestFrame.Parse(bytes.ToArray());
                reader.Consume(bytes.Length);
                var api = Definitions.Apis[(ApiKey)frame.ApiKey];
                await channel.SendAsync(RequestFrame.Response(api, frame.Version, frame.CorrelationId, await AnswerAsync(api)), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidFrameException)
        {
            // The gateway is gone, or the test is over.
        }
    }

    private async Task<Node> AnswerAsync(ApiDefinition api)
    {
        var answer = Node.Of(api.Response);
        switch (api.Key)
        {
            case ApiKey.ApiVersions:
                foreach (var (key, definition) in Definitions.Apis)
                {
                    answer.List("apiKeys").Add(answer.NewChild("apiKeys").Set("apiKey", (short)key).Set("minVersion", definition.Request.Versions.From).Set("maxVersion", key == ApiKey.Metadata ? (short)9 : definition.Request.Versions.To));
                }

                break;
            case ApiKey.SaslHandshake:
                answer.Set("mechanisms", new List<object?> { "PLAIN" });
                break;
            case ApiKey.SaslAuthenticate:
                Interlocked.Increment(ref _logins);
                var now = Interlocked.Increment(ref _atOnce);
                InterlockedMax(now);
                await Task.Delay(50);
                Interlocked.Decrement(ref _atOnce);
                answer.Set("errorCode", Refuses ? (short)ErrorCode.SaslAuthenticationFailed : (short)0).Set("errorMessage", Refuses ? "go away" : null).Set("sessionLifetimeMs", SessionLifetime);
                break;
            case ApiKey.Metadata:
                answer.List("brokers").Add(answer.NewChild("brokers").Set("nodeId", 1).Set("host", "127.0.0.1").Set("port", Port));
                break;
        }

        return answer;
    }

    private void InterlockedMax(int value)
    {
        for (var seen = MostAtOnce; seen < value && Interlocked.CompareExchange(ref _mostAtOnce, value, seen) != seen; seen = MostAtOnce)
        {
        }
    }
}
