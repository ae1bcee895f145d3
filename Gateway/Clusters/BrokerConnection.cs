using System.Buffers.Binary;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>A connection for the gateway's own requests: one at a time, each by the version that both sides know.</summary>
public sealed class BrokerConnection : IAsyncDisposable
{
    private const int MaximumAnswer = 256 * 1024 * 1024;

    private readonly IByteChannel _channel;
    private readonly FrameReader _reader;
    private int _correlationId;

    private BrokerConnection(IByteChannel channel)
    {
        _channel = channel;
        _reader = new FrameReader(channel);
        Versions = null!;
    }

    /// <summary>What the broker offers.</summary>
    public BrokerVersions Versions { get; private set; }

    /// <exception cref="IOException">The broker does not answer as a broker.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers there.</exception>
    public static async Task<BrokerConnection> OpenAsync(string host, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = new BrokerConnection(await SocketChannel.ConnectAsync(host, port, timeout, cancellationToken));
        try
        {
            connection.Versions = await connection.AskVersionsAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The highest version that the broker and our definitions share.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public short VersionFor(ApiKey api)
    {
        var definition = Definitions.Apis[api].Request;
        var shared = Versions.Apis.TryGetValue((short)api, out var offered) ? offered.Intersect(definition.Versions) : new VersionRange(1, 0);
        return shared.IsEmpty ? throw new NotSupportedException($"The broker offers no version of {api} that the gateway knows.") : shared.To;
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public async Task<Node> AskAsync(ApiKey api, short version, Node request, CancellationToken cancellationToken)
    {
        var definition = Definitions.Apis[api];
        var writer = new WireWriter();
        writer.Int32(0);
        writer.Int16((short)api);
        writer.Int16(version);
        writer.Int32(++_correlationId);
        writer.String("partnerplatform-gateway", compact: false);
        if (definition.RequestHeaderVersion(version) == 2)
        {
            writer.UnsignedVarInt(0);
        }

        MessageWriter.Write(definition.Request, version, request, writer);
        var frame = writer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - FrameReader.SizeBytes);
        await _channel.SendAsync(frame, cancellationToken);

        var size = await _reader.NextSizeAsync(MaximumAnswer, cancellationToken) ?? throw new IOException("The broker closed the connection.");
        var answer = await _reader.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        try
        {
            return Read(definition, version, answer.Span[FrameReader.SizeBytes..]);
        }
        finally
        {
            _reader.Consume(answer.Length);
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return _channel.DisposeAsync();
    }

    private Node Read(ApiDefinition definition, short version, ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        if (reader.Int32() != _correlationId)
        {
            throw new IOException("The broker answered another request.");
        }

        if (definition.ResponseHeaderVersion(version) == 1)
        {
            for (var tags = reader.UnsignedVarInt(); tags > 0; tags--)
            {
                reader.UnsignedVarInt();
                reader.Take((int)reader.UnsignedVarInt());
            }
        }

        if (definition.Key == ApiKey.ApiVersions && version > 0 && answer.Length >= 6 && BinaryPrimitives.ReadInt16BigEndian(answer[4..]) == (short)ErrorCode.UnsupportedVersion)
        {
            // A broker that does not know the version answers by version 0.
            return MessageReader.Read(definition.Response, 0, ref reader);
        }

        return MessageReader.Read(definition.Response, version, ref reader);
    }

    private async Task<BrokerVersions> AskVersionsAsync(CancellationToken cancellationToken)
    {
        Node Request() => Node.Of(Definitions.Apis[ApiKey.ApiVersions].Request).Set("clientSoftwareName", "partnerplatform-gateway").Set("clientSoftwareVersion", "1");
        Node answer;
        try
        {
            answer = await AskAsync(ApiKey.ApiVersions, 3, Request(), cancellationToken);
        }
        catch (InvalidFrameException)
        {
            // Some simple brokers answer version 3 in the layout of an older one: asked again by version 0.
            answer = await AskAsync(ApiKey.ApiVersions, 0, Request(), cancellationToken);
        }

        if (answer.Get<short>("errorCode") == (short)ErrorCode.UnsupportedVersion)
        {
            answer = await AskAsync(ApiKey.ApiVersions, 0, Request(), cancellationToken);
        }

        return VersionsOf(answer);
    }

    private static BrokerVersions VersionsOf(Node answer)
    {
        var supported = answer.List("supportedFeatures").ToDictionary(f => f.Text("name")!);
        var features = answer.List("finalizedFeatures")
            .Where(f => supported.ContainsKey(f.Text("name")!))
            .Select(f => new Feature(
                f.Text("name")!, supported[f.Text("name")!].Get<short>("minVersion"), supported[f.Text("name")!].Get<short>("maxVersion"), f.Get<short>("maxVersionLevel")))
            .ToList();
        return new BrokerVersions(
            System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
                answer.List("apiKeys"), k => k.Get<short>("apiKey"), k => new VersionRange(k.Get<short>("minVersion"), k.Get<short>("maxVersion"))),
            features,
            answer.Get<long>("finalizedFeaturesEpoch"));
    }
}
