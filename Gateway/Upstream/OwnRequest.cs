using System.Buffers.Binary;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Upstream;

/// <summary>Sends a request of the gateway's own over a connection to a broker, and waits for its answer.</summary>
public delegate Task<Node> AskBroker(ApiKey api, short version, Node request, CancellationToken cancellationToken);

/// <summary>Frames of the gateway's own requests.</summary>
public static class OwnRequest
{
    /// <summary>A request, its size before it.</summary>
    public static byte[] Frame(ApiKey api, short version, int correlationId, Node request)
    {
        var definition = Definitions.Apis[api];
        var writer = new WireWriter();
        writer.Int32(0);
        writer.Int16((short)api);
        writer.Int16(version);
        writer.Int32(correlationId);
        writer.String("partnerplatform-gateway", compact: false);
        if (definition.RequestHeaderVersion(version) == 2)
        {
            writer.UnsignedVarInt(0);
        }

        MessageWriter.Write(definition.Request, version, request, writer);
        var frame = writer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - FrameReader.SizeBytes);
        return frame;
    }

    /// <summary>The answer to such a request.</summary>
    /// <param name="answer">Header and body, without the size.</param>
    /// <exception cref="IOException">It answers another one.</exception>
    /// <exception cref="InvalidFrameException">It is not an answer of this API and version.</exception>
    public static Node Read(ApiKey api, short version, int correlationId, ReadOnlySpan<byte> answer)
    {
        var definition = Definitions.Apis[api];
        var reader = new WireReader(answer);
        if (reader.Int32() != correlationId)
        {
            throw new IOException("The broker answered another request.");
        }

        if (definition.ResponseHeaderVersion(version) == 1)
        {
            for (var tags = reader.UnsignedVarInt(); tags > 0; tags--)
            {
                reader.UnsignedVarInt();
                reader.Take((int)Math.Min(reader.UnsignedVarInt(), int.MaxValue));
            }
        }

        if (api == ApiKey.ApiVersions && version > 0 && answer.Length >= 6 && BinaryPrimitives.ReadInt16BigEndian(answer[4..]) == (short)ErrorCode.UnsupportedVersion)
        {
            // A broker that does not know the version answers by version 0.
            return MessageReader.Read(definition.Response, 0, ref reader);
        }

        return MessageReader.Read(definition.Response, version, ref reader);
    }
}

/// <summary>A question of the gateway's own on a connection that relays a client's requests.</summary>
internal sealed class OwnQuestion(ApiKey api, short version, int correlationId)
{
    private const int LongestAnswer = 1024 * 1024;

    private readonly TaskCompletionSource<Node> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Frame(Node request) => OwnRequest.Frame(api, version, correlationId, request);

    /// <summary>Takes the answer from the broker; it is the next one there.</summary>
    public async ValueTask TakeAsync(FrameReader answers, int size, CancellationToken cancellationToken)
    {
        if (size > LongestAnswer)
        {
            throw new InvalidFrameException($"An answer to the gateway claims {size} bytes; {LongestAnswer} are allowed.");
        }

        var frame = await answers.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        _answer.SetResult(OwnRequest.Read(api, version, correlationId, frame.Span[FrameReader.SizeBytes..]));
        answers.Consume(frame.Length);
    }

    /// <summary>Waits for it.</summary>
    /// <param name="reading">Whoever reads the broker's answers; when that ends, there will be none.</param>
    /// <exception cref="IOException">There will be none.</exception>
    public async Task<Node> AnswerAsync(Task reading, CancellationToken cancellationToken) =>
        await Task.WhenAny(_answer.Task, reading).WaitAsync(cancellationToken) == _answer.Task ? await _answer.Task : throw new IOException("The connection to the broker is gone.");
}
