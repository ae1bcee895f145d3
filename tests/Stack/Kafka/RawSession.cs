using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PartnerPlatform.Stack.Kafka;

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

    /// <summary>By SASL/PLAIN; null: the login is refused.</summary>
    /// <param name="bootstrap">host:port of the one node to ask.</param>
    public static Task<RawSession?> TryPlainAsync(string bootstrap, string user, string password) => TryOpenAsync(bootstrap, "PLAIN", $"\0{user}\0{password}");

    /// <summary>By SASL/OAUTHBEARER; null: the access token is refused.</summary>
    /// <param name="bootstrap">host:port of the one node to ask.</param>
    public static Task<RawSession?> TryBearerAsync(string bootstrap, string accessToken) => TryOpenAsync(bootstrap, "OAUTHBEARER", $"n,,\u0001auth=Bearer {accessToken}\u0001\u0001");

    private static async Task<RawSession?> TryOpenAsync(string bootstrap, string mechanism, string credentials)
    {
        var address = bootstrap.Split(':');
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        var session = new RawSession(client);
        if (await session.AskAsync(SaslHandshake, 1, Text(mechanism)) == 0 && await session.AuthenticateAsync(Encoding.UTF8.GetBytes(credentials)))
        {
            return session;
        }

        session.Dispose();
        return null;
    }

    /// <summary>Answers the moment (Stopwatch ticks) at which the node ended the connection.</summary>
    public async Task<long> EndedAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            if (await _stream.ReadAsync(new byte[1], patience.Token) != 0)
            {
                throw new StackException("The node sent something that nobody asked for.");
            }
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
