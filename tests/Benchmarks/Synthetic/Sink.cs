using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A broker that keeps nothing, in a process of its own: reads large, drops, answers from memory. A thread for each connection.</summary>
internal static class Sink
{
    /// <summary>First argument of the process.</summary>
    public const string Command = "sink";

    private const int CorrelationAt = 4;
    private const int RequestCorrelationAt = 8;

    /// <summary>Serves until it is killed.</summary>
    public static void Run(int port, int fetchBytes)
    {
        var answers = new SinkAnswers(port, fetchBytes);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(1024);
        while (true)
        {
            var client = listener.Accept();
            client.NoDelay = true;
            new Thread(() => Serve(client, answers)) { IsBackground = true, Name = "sink connection" }.Start();
        }
    }

    private static void Serve(Socket client, SinkAnswers answers)
    {
        using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            var frames = new FrameScanner(stream);
            var known = new List<KnownRequest>();
            while (frames.Next())
            {
                var correlationId = BinaryPrimitives.ReadInt32BigEndian(frames.Head.Span[RequestCorrelationAt..]);
                var answer = known.Find(k => k.Matches(frames))?.Answer;
                if (answer is null)
                {
                    answer = Answer(frames, answers, known);
                }
                else
                {
                    frames.Skip();
                }

                BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(CorrelationAt), correlationId);
                stream.Write(answer);
            }
        }
        catch (Exception e)
        {
            // The peer sees the end of its connection, and fails; why stands in the log.
            Console.Error.WriteLine($"A connection is given up: {e.Message}");
        }
    }

    private static byte[] Answer(FrameScanner frames, SinkAnswers answers, List<KnownRequest> known)
    {
        var head = frames.Head.ToArray();
        var request = RequestFrame.Parse(frames.Take());
        var api = Definitions.Apis[(ApiKey)request.ApiKey];
        var answer = RequestFrame.Response(api, request.Version, request.CorrelationId, answers.To(api.Key, request.Read(api))).ToArray();
        if (api.Key is ApiKey.Produce or ApiKey.Fetch)
        {
            known.Add(new KnownRequest(head, request.Bytes.Length, answer));
        }

        return answer;
    }

    /// <summary>A request that is sent again and again, with other correlation ids.</summary>
    private sealed record KnownRequest(byte[] Head, int Length, byte[] Answer)
    {
        public bool Matches(FrameScanner frames)
        {
            var head = frames.Head.Span;
            const int afterCorrelation = RequestCorrelationAt + sizeof(int);
            return frames.Length == Length
                && head[..RequestCorrelationAt].SequenceEqual(Head.AsSpan(0, RequestCorrelationAt))
                && head[afterCorrelation..].SequenceEqual(Head.AsSpan(afterCorrelation));
        }
    }
}
