using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>
/// Speaks as a broker with a few topics; to requests whose client id is <see cref="SpoiltFor"/> it answers with whatever a test gives.
/// </summary>
public sealed class BrokenBroker : IAsyncDisposable
{
    public const string SpoiltFor = "bad";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyDictionary<string, Guid> _topics;
    private readonly Func<RequestFrame, byte[]?> _spoilt;

    /// <param name="topics">Names and ids.</param>
    /// <param name="spoilt">All bytes of an answer, its size included; the connection is closed behind it when they are not one whole frame; null: it is not answered.</param>
    public BrokenBroker(IReadOnlyDictionary<string, Guid> topics, Func<RequestFrame, byte[]?> spoilt)
    {
        (_topics, _spoilt) = (topics, spoilt);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Closes all connections, and takes no more.</summary>
    public void Leave() => _stop.Cancel();

    public ValueTask DisposeAsync()
    {
        Leave();
        _listener.Dispose();
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var channel = TestLoops.Shared.Open(socket);
        using var reader = new FrameReader(channel);
        try
        {
            while (await reader.NextSizeAsync(1 << 24, _stop.Token) is { } size)
            {
                var request = RequestFrame.Parse(await reader.PeekAsync(FrameReader.SizeBytes + size, _stop.Token));
                // The tenant's prefix stands before it.
                var isSpoilt = request.ClientId()?.EndsWith("." + SpoiltFor, StringComparison.Ordinal) == true;
                var answer = isSpoilt ? _spoilt(request) : Honest(request).ToArray();
                reader.Consume(FrameReader.SizeBytes + size);
                if (answer is null)
                {
                    continue;
                }

                await channel.SendAsync(answer, _stop.Token);
                if (answer.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(answer) != answer.Length - FrameReader.SizeBytes)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidFrameException)
        {
            // The gateway has closed, or the test is over.
        }
        finally
        {
            await channel.DisposeAsync();
        }
    }

    private ReadOnlyMemory<byte> Honest(RequestFrame request)
    {
        var api = Definitions.Apis[(ApiKey)request.ApiKey];
        var answer = Node.Of(api.Response);
        if (api.Key == ApiKey.ApiVersions)
        {
            answer.Set("apiKeys", Definitions.Apis.Values.Select(a => answer.NewChild("apiKeys").Set("apiKey", (short)a.Key)
                .Set("minVersion", a.Request.Versions.From).Set("maxVersion", a.Request.Versions.To)).ToList());
        }
        else if (api.Key == ApiKey.Metadata)
        {
            var asked = request.Read(api);
            var names = asked.IsNull("topics") ? _topics.Keys : asked.List("topics").Select(t => t.Text("name")!);
            answer.Set("brokers", new List<Node> { answer.NewChild("brokers").Set("nodeId", 1).Set("host", "127.0.0.1").Set("port", Port) }).Set("clusterId", "broken").Set("controllerId", 1);
            answer.Set("topics", names.Select(n => Topic(answer.NewChild("topics"), n)).ToList());
        }

        return RequestFrame.Response(api, request.Version, request.CorrelationId, answer);
    }

    private Node Topic(Node topic, string name)
    {
        if (!_topics.TryGetValue(name, out var id))
        {
            return topic.Set("name", name).Set("errorCode", (short)3);
        }

        topic.Set("name", name).Set("topicId", id);
        topic.List("partitions").Add(topic.NewChild("partitions").Set("partitionIndex", 0).Set("leaderId", 1)
            .Set("replicaNodes", new List<object?> { 1 }).Set("isrNodes", new List<object?> { 1 }));
        return topic;
    }
}
