using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Upstream;

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

    /// <summary>The gateway's login; null: the listener wants none.</summary>
    public BrokerSession? Session { get; internal set; }

    /// <summary>Takes a connection over; the broker is asked for its versions where they are not known.</summary>
    /// <exception cref="IOException">The broker does not answer as a broker.</exception>
    internal static async Task<BrokerConnection> OverAsync(IByteChannel channel, BrokerVersions? known, CancellationToken cancellationToken)
    {
        var connection = new BrokerConnection(channel);
        try
        {
            connection.Versions = known ?? await connection.AskVersionsAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the bytes up to another reader; this object is of no use afterwards.</summary>
    /// <exception cref="IOException">The broker sent something that nobody asked for.</exception>
    internal IByteChannel Detach()
    {
        if (_reader.Arrived.Length > 0)
        {
            throw new IOException("The broker sent more than it was asked for.");
        }

        _reader.Dispose();
        return _channel;
    }

    /// <summary>The highest version that the broker and our definitions share.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public short VersionFor(ApiKey api)
    {
        var definition = Definitions.Apis[api].Request;
        var shared = Versions.Apis.TryGetValue((short)api, out var offered) ? offered.Intersect(definition.Versions) : new VersionRange(1, 0);
        return shared.IsEmpty ? throw new NotSupportedException($"The broker offers no version of {api} that the gateway knows.") : shared.To;
    }

    /// <summary>Sends a request and waits for its answer; a login that has grown old is renewed before.</summary>
    public async Task<Node> AskAsync(ApiKey api, short version, Node request, CancellationToken cancellationToken)
    {
        if (Session is { IsDue: true } session)
        {
            await session.LogInAsync(AskNowAsync, cancellationToken);
        }

        return await AskNowAsync(api, version, request, cancellationToken);
    }

    internal async Task<Node> AskNowAsync(ApiKey api, short version, Node request, CancellationToken cancellationToken)
    {
        var id = ++_correlationId;
        await _channel.SendAsync(OwnRequest.Frame(api, version, id, request), cancellationToken);
        var size = await _reader.NextSizeAsync(MaximumAnswer, cancellationToken) ?? throw new IOException("The broker closed the connection.");
        var answer = await _reader.PeekAsync(FrameReader.SizeBytes + size, cancellationToken);
        try
        {
            return OwnRequest.Read(api, version, id, answer.Span[FrameReader.SizeBytes..]);
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

    private async Task<BrokerVersions> AskVersionsAsync(CancellationToken cancellationToken)
    {
        Node Request() => Node.Of(Definitions.Apis[ApiKey.ApiVersions].Request).Set("clientSoftwareName", "partnerplatform-gateway").Set("clientSoftwareVersion", "1");
        Node answer;
        try
        {
            answer = await AskNowAsync(ApiKey.ApiVersions, 3, Request(), cancellationToken);
        }
        catch (InvalidFrameException)
        {
            // Some simple brokers answer version 3 in the layout of an older one: asked again by version 0.
            answer = await AskNowAsync(ApiKey.ApiVersions, 0, Request(), cancellationToken);
        }

        if (answer.Get<short>("errorCode") == (short)ErrorCode.UnsupportedVersion)
        {
            answer = await AskNowAsync(ApiKey.ApiVersions, 0, Request(), cancellationToken);
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
