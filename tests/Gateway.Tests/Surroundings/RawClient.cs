using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>An answer as it came, and as a message.</summary>
/// <param name="Frame">Header and body, without the size.</param>
public sealed record RawAnswer(byte[] Frame, int CorrelationId, Node Body);

/// <summary>A client that sends exactly the bytes a test wants, also those that no proper client would send.</summary>
public sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private int _correlationId;

    private RawClient(Socket socket, Stream? stream = null)
    {
        _socket = socket;
        _stream = stream ?? new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<RawClient> ConnectAsync(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync("127.0.0.1", port);
        return new RawClient(socket);
    }

    /// <summary>Connects by TLS; whoever the gateway is, is believed.</summary>
    /// <param name="certificate">PEM file with a key, or null.</param>
    public static async Task<(RawClient Client, X509Certificate2 Gateway)> ConnectByTlsAsync(int port, string? certificate)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate), Chain(certificate), offline: true),
        });
        return (new RawClient(socket, stream), new X509Certificate2(stream.RemoteCertificate!));
    }

    private static X509Certificate2Collection Chain(string file)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        return all;
    }

    /// <summary>Connects and logs in by SASL/PLAIN.</summary>
    public static async Task<RawClient> LoggedInAsync(int port, string account, string token, int? receiveBuffer = null)
    {
        var client = await ConnectAsync(port, receiveBuffer);
        Assert.Equal(0, (await client.HandshakeAsync()).Body.Get<short>("errorCode"));
        Assert.Equal(0, (await client.AuthenticateAsync(account, token)).Body.Get<short>("errorCode"));
        return client;
    }

    public static Task<RawClient> LoggedInAsync(KafkaFixture kafka, string cluster, int slot = 0, string account = "app") =>
        LoggedInAsync(kafka.First.PortStart + slot, account, kafka.Tenants.Token(cluster, account));

    public Task<RawAnswer> HandshakeAsync(string mechanism = "PLAIN") =>
        AskAsync(ApiKey.SaslHandshake, 1, NewRequest(ApiKey.SaslHandshake).Set("mechanism", mechanism));

    public Task<RawAnswer> AuthenticateAsync(string account, string token) =>
        AskAsync(ApiKey.SaslAuthenticate, 2, NewRequest(ApiKey.SaslAuthenticate).Set("authBytes", Encoding.UTF8.GetBytes($"\0{account}\0{token}")));

    public Task<RawAnswer> AuthenticateAsync(ReadOnlyMemory<byte> message) =>
        AskAsync(ApiKey.SaslAuthenticate, 2, NewRequest(ApiKey.SaslAuthenticate).Set("authBytes", message.ToArray()));

    public static Node NewRequest(ApiKey api) => Node.Of(Definitions.Apis[api].Request);

    /// <summary>A request frame, size included.</summary>
    public static byte[] Frame(ApiKey api, short version, int correlationId, Node body)
    {
        var writer = new WireWriter();
        MessageWriter.Write(Definitions.Apis[api].Request, version, body, writer);
        return Frame(api, version, correlationId, writer.Written);
    }

    /// <summary>A request frame with a body of any bytes.</summary>
    /// <param name="clientId">Of the header.</param>
    public static byte[] Frame(ApiKey api, short version, int correlationId, ReadOnlySpan<byte> body, string clientId = "raw")
    {
        var definition = Definitions.Apis[api];
        var writer = new WireWriter();
        writer.Int32(0);
        writer.Int16((short)api);
        writer.Int16(version);
        writer.Int32(correlationId);
        writer.String(clientId, compact: false);
        if (definition.RequestHeaderVersion(version) == 2)
        {
            writer.UnsignedVarInt(0);
        }

        writer.Bytes(body);
        var frame = writer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Sends a request; returns its correlation id.</summary>
    public async Task<int> SendAsync(ApiKey api, short version, Node body)
    {
        var id = ++_correlationId;
        await SendAsync(Frame(api, version, id, body));
        return id;
    }

    /// <summary>The next frame without its size; null: the connection was closed instead.</summary>
    public async Task<byte[]?> ReceiveAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience);
        try
        {
            var size = new byte[4];
            await _stream.ReadExactlyAsync(size, limit.Token);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await _stream.ReadExactlyAsync(frame, limit.Token);
            return frame;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("Neither an answer nor the end of the connection came.", e);
        }
        catch (Exception e) when (e is EndOfStreamException || (e is IOException && e.InnerException is SocketException))
        {
            return null;
        }
    }

    /// <summary>Sends a request and reads its answer, whose correlation id must be its own.</summary>
    public async Task<RawAnswer> AskAsync(ApiKey api, short version, Node body) =>
        await TryAskAsync(api, version, body) ?? throw new Xunit.Sdk.XunitException($"{api} {version}: the connection was closed.");

    /// <summary>Null: the connection was closed.</summary>
    public async Task<RawAnswer?> TryAskAsync(ApiKey api, short version, Node body)
    {
        var id = await SendAsync(api, version, body);
        byte[]? frame;
        try
        {
            frame = await ReceiveAsync();
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{api} {version}: {e.Message}", e);
        }

        if (frame is null)
        {
            return null;
        }

        var answer = Read(api, version, frame);
        Assert.Equal(id, answer.CorrelationId);
        return answer;
    }

    public static RawAnswer Read(ApiKey api, short version, byte[] frame)
    {
        var definition = Definitions.Apis[api];
        var body = 4 + definition.ResponseHeaderVersion(version);
        return new RawAnswer(frame, BinaryPrimitives.ReadInt32BigEndian(frame), MessageReader.Read(definition.Response, version, frame.AsSpan(body)));
    }

    /// <summary>Fails unless the gateway closes the connection, without another answer.</summary>
    public async Task AssertClosedAsync()
    {
        var frame = await ReceiveAsync();
        Assert.True(frame is null, frame is null ? "" : $"An answer of {frame.Length} bytes came instead of the end of the connection.");
    }

    /// <summary>The id that this tenant is shown for a topic.</summary>
    public async Task<Guid> TopicIdAsync(string topic) =>
        (await AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")))).Body.List("topics").Single().Get<Guid>("topicId");

    /// <summary>Waits until a topic of one partition has a leader: its id, and the leader's slot.</summary>
    public async Task<(Target Target, int Leader)> LocateAsync(string topic)
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(200))
        {
            var found = (await AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target(topic, Guid.Empty, "", "")))).Body.List("topics").Single();
            if (found.List("partitions") is [var partition] && partition.Get<int>("leaderId") is >= 0 and var leader)
            {
                return (new Target("", found.Get<Guid>("topicId"), "", ""), leader);
            }

            Assert.True(DateTime.UtcNow < until, $"{topic} has no leader: {found.Get<short>("errorCode")}");
        }
    }

    /// <summary>Says that no more will be sent; answers can still come.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
