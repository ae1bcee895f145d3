using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>A logged-in connection without a client library: tells to the millisecond when it is ended.</summary>
public sealed class RawSession : IDisposable
{
    private const short SaslHandshake = 17;
    private const short SaslAuthenticate = 36;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawSession(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <summary>Null: the node refused the login.</summary>
    public static Task<RawSession?> TryOpenAsync(GatewayUnderTest node, Login login) => TryOpenAsync(node, "PLAIN", $"\0{login.Username}\0{login.Password}");

    /// <summary>Null: the node refused the access token.</summary>
    public static Task<RawSession?> TryOpenAsync(GatewayUnderTest node, string accessToken) => TryOpenAsync(node, "OAUTHBEARER", $"n,,\u0001auth=Bearer {accessToken}\u0001\u0001");

    private static async Task<RawSession?> TryOpenAsync(GatewayUnderTest node, string mechanism, string credentials)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", node.PortStart);
        var session = new RawSession(client);
        Assert.Equal(0, await session.AskAsync(SaslHandshake, 1, Text(mechanism)));
        if (await session.AuthenticateAsync(Encoding.UTF8.GetBytes(credentials)))
        {
            return session;
        }

        session.Dispose();
        return null;
    }

    public static async Task<RawSession> OpenAsync(GatewayUnderTest node, Login login) =>
        await TryOpenAsync(node, login) ?? throw new InvalidOperationException($"{node.Name} refuses {login.Username} of {login.VirtualCluster}.");

    /// <summary>Answers the moment (Stopwatch ticks) at which the node ended the connection.</summary>
    public async Task<long> EndedAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            Assert.Equal(0, await _stream.ReadAsync(new byte[1], patience.Token));
        }
        catch (IOException)
        {
            // Reset: ended as well.
        }

        return Stopwatch.GetTimestamp();
    }

    public void Dispose() => _client.Dispose();

    /// <summary>True: no error, and no challenge either.</summary>
    private async Task<bool> AuthenticateAsync(byte[] message)
    {
        var body = new byte[sizeof(int) + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body, message.Length);
        message.CopyTo(body, sizeof(int));
        // Error code, empty message, empty challenge.
        return (await AnswerAsync(SaslAuthenticate, 0, body)).AsSpan().SequenceEqual(new byte[sizeof(short) + sizeof(short) + sizeof(int)]);
    }

    /// <summary>Answers the error code, the first field of both answers.</summary>
    private async Task<short> AskAsync(short api, short version, byte[] body) => BinaryPrimitives.ReadInt16BigEndian(await AnswerAsync(api, version, body));

    private async Task<byte[]> AnswerAsync(short api, short version, byte[] body)
    {
        byte[] head = [.. Number(api), .. Number(version), 0, 0, 0, 1, .. Text("raw")];
        var frame = new byte[sizeof(int) + head.Length + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, head.Length + body.Length);
        head.CopyTo(frame, sizeof(int));
        body.CopyTo(frame, sizeof(int) + head.Length);
        await _stream.WriteAsync(frame);
        var size = new byte[sizeof(int)];
        await _stream.ReadExactlyAsync(size);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await _stream.ReadExactlyAsync(answer);
        return answer[sizeof(int)..];
    }

    private static byte[] Number(short value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Text(string text) => [.. Number((short)text.Length), .. Encoding.UTF8.GetBytes(text)];
}
