using System.Buffers.Binary;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Transport;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// One client's life: it logs in, gets one connection to a broker, and its requests are relayed in order. Whatever is not
/// expected in the state it is in ends it, with one line in the log.
/// </summary>
public sealed partial class ClientConnection : IDisposable
{
    /// <summary>Longest request before a login: no client needs more for its token.</summary>
    private const int MaximumBeforeLogin = 64 * 1024;

    private readonly GatewayParts _parts;
    private readonly ILogger<ClientConnection> _logger;
    private readonly IByteChannel _client;
    private readonly FrameReader _requests;
    private readonly ClientLogin _login;
    private readonly CancellationTokenSource _abort = new();
    private readonly int _slot;
    private readonly string _host;
    private readonly long _started;
    private long _lastRequest;
    private long _bytesIn;
    private DateTimeOffset _loggedInAt;
    private ClientFacts _facts;
    private UpstreamRelay? _relay;
    private RequestForwarder? _forwarder;

    /// <param name="certificate">Of the client, taken by the TLS handshake; null: it showed none.</param>
    public ClientConnection(GatewayParts parts, IByteChannel client, int slot, string host, X509Certificate2? certificate = null)
    {
        _parts = parts;
        _logger = parts.Log;
        _client = client;
        _requests = new FrameReader(client);
        _login = new ClientLogin(parts, slot, host, certificate);
        _facts = new ClientFacts(host, null, null, null);
        _slot = slot;
        _host = host;
        Id = parts.Registry.NextId();
        _started = _lastRequest = parts.Time.GetTimestamp();
    }

    public long Id { get; }

    /// <summary>Null until the client has logged in.</summary>
    public Session? Session { get; private set; }

    public Upstream? Upstream => _relay?.Upstream;

    public TimeSpan Age => _parts.Time.GetElapsedTime(_started);

    public TimeSpan Idle => _parts.Time.GetElapsedTime(Volatile.Read(ref _lastRequest));

    /// <summary>The session for the control plane; null until the client has logged in, or when its account is gone.</summary>
    public LiveSession? Live() => Session is { } session && session.VirtualCluster.Current?.Accounts.GetValueOrDefault(session.Account) is { } account
        ? new LiveSession(Id, account.Id, session.Credential.Mechanism, _facts, _loggedInAt, Volatile.Read(ref _bytesIn), _relay?.BytesOut ?? 0)
        : null;

    /// <summary>Serves the client until it leaves, breaks a rule, or the node drains.</summary>
    /// <param name="drain">No further request is taken; those under way are answered first.</param>
    public async Task RunAsync(CancellationToken drain)
    {
        _parts.Registry.Add(this);
        try
        {
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(drain, _abort.Token);
            await ServeAsync(reading.Token);
        }
        catch (OperationCanceledException) when (drain.IsCancellationRequested || _abort.IsCancellationRequested)
        {
            // Drained, or ended by a decision that is in the log already.
        }
        catch (Exception e) when (e is InvalidFrameException or ConnectionRefusedException)
        {
            _parts.Metrics.Refused();
            LogRefused(Id, _host, Session?.VirtualCluster.Current?.Name, Session?.Principal, e.Message);
        }
        catch (IOException e)
        {
            LogBroken(Id, _host, Session?.VirtualCluster.Current?.Name, Session?.Principal, e.Message);
        }
        finally
        {
            try
            {
                if (_relay is not null)
                {
                    await _relay.FinishAsync(_abort.IsCancellationRequested ? TimeSpan.Zero : _parts.Options.DrainTimeout);
                }

                await _login.AbandonAsync();
            }
            finally
            {
                _parts.Registry.Remove(this);
            }
        }
    }

    /// <summary>Ends the connection at once.</summary>
    public void Abort()
    {
        try
        {
            _abort.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself in this moment.
        }

        _client.Abort();
        _relay?.Abort();
    }

    public void Dispose()
    {
        _relay?.Dispose();
        _requests.Dispose();
        _abort.Dispose();
    }

    private async Task ServeAsync(CancellationToken reading)
    {
        while (await _requests.NextSizeAsync(Session is null ? MaximumBeforeLogin : _parts.Options.MaxRequestBytes, reading) is { } size)
        {
            if (size > _parts.Options.MaxControlRequestBytes)
            {
                var start = await _requests.PeekAsync(FrameReader.SizeBytes + sizeof(short), reading);
                if (BinaryPrimitives.ReadInt16BigEndian(start.Span[FrameReader.SizeBytes..]) != (short)ApiKey.Produce)
                {
                    throw new InvalidFrameException($"A request other than Produce claims {size} bytes; {_parts.Options.MaxControlRequestBytes} are allowed.");
                }
            }

            var bytes = await _requests.PeekAsync(FrameReader.SizeBytes + size, reading);
            Volatile.Write(ref _lastRequest, _parts.Time.GetTimestamp());
            _parts.Metrics.FromClient(bytes.Length);
            Volatile.Write(ref _bytesIn, _bytesIn + bytes.Length);
            var frame = RequestFrame.Parse(_requests.WithHeadroom(bytes.Length), FrameReader.Headroom);
            if (_relay is { } relay && (ApiKey)frame.ApiKey is not (ApiKey.Fetch or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate))
            {
                // What fetches bring is looked at when it comes; a login that is renewed in time must not end while it waits.
                await relay.UntilNothingIsHeldAsync(reading);
            }

            await HandleAsync(frame);
            _requests.Consume(bytes.Length);
            if (_relay is { IsBroken: true })
            {
                return;
            }
        }
    }

    private async Task HandleAsync(RequestFrame frame)
    {
        var api = (ApiKey)frame.ApiKey;
        var offered = _parts.Offer.Of(api);
        if (offered.IsEmpty)
        {
            throw new ConnectionRefusedException($"API {frame.ApiKey} is not offered.");
        }

        var definition = Definitions.Apis[api];
        if (api == ApiKey.ApiVersions)
        {
            await AnswerAsync(Greeting.Answer(_parts, _slot, frame, definition, offered, ref _facts));
            return;
        }

        if (!offered.Contains(frame.Version) && !(api == ApiKey.SaslHandshake && frame.Version == 0))
        {
            throw new ConnectionRefusedException($"{api} version {frame.Version} is not offered; {offered} is.");
        }

        _parts.Metrics.Request(api);
        if (api is ApiKey.SaslHandshake or ApiKey.SaslAuthenticate)
        {
            await SaslAsync(frame, definition);
            return;
        }

        if (!_login.IsBySasl && Session is null)
        {
            // By the first request that needs to know who is there; clients ask for versions before.
            _facts = _facts with { ClientId = frame.ClientId() };
            await LoggedInAsync(await _login.WithoutSaslAsync(_facts, _abort.Token));
        }

        if (_relay is null)
        {
            throw new ConnectionRefusedException($"{api} came before the login.");
        }
        else
        {
            await _forwarder!.ForwardAsync(frame, definition, _abort.Token);
        }
    }

    private async Task SaslAsync(RequestFrame frame, ApiDefinition definition)
    {
        // In the pool: what a login costs would keep those waiting who are served by the same loop.
        await Task.Yield();
        _facts = _facts with { ClientId = frame.ClientId() };
        var step = await _login.SaslAsync(definition.Key, frame.Version, frame.Read(definition), _facts, _abort.Token);
        if (step.Login?.Session is { } session)
        {
            await LoggedInAsync(session);
        }

        await AnswerAsync(RequestFrame.Response(definition, frame.Version, frame.CorrelationId, step.Answer));
        if (step.Failure is not null)
        {
            if (_relay is not null)
            {
                await _relay.FlushAsync();
            }

            throw new ConnectionRefusedException($"Login failed: {step.Failure}.");
        }
    }

    private async Task LoggedInAsync(Session session)
    {
        if (_parts.Feed.Barrier is { } barrier)
        {
            throw new ConnectionRefusedException($"No new logins: {barrier}.");
        }

        if (_parts.Options.VirtualClusterIsMandatory && session.VirtualCluster.Current is { Kind: VirtualClusterKind.Passthrough })
        {
            throw new ConnectionRefusedException("Passthrough is forbidden on this node (GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER).");
        }

        var first = Session is null;
        Session = session = _login.Watched(session);
        _parts.Registry.LoggedIn(this, session);
        if (!first)
        {
            return;
        }

        _loggedInAt = _parts.Time.GetUtcNow();
        LogLoggedIn(Id, _host, session.VirtualCluster.Current?.Name, session.Principal);
        var cluster = session.VirtualCluster.Current?.PhysicalCluster ?? throw new ConnectionRefusedException("The virtual cluster is gone.");
        _relay = new UpstreamRelay(_parts, session, _client, await _login.ConnectAsync(cluster, _abort.Token));
        _login.Relay = _relay;
        _forwarder = new RequestForwarder(_parts, session.VirtualCluster, this, _relay);
        _relay.Start();
    }

    private ValueTask AnswerAsync(ReadOnlyMemory<byte> answer) => _relay is null ? _client.SendAsync(answer, _abort.Token) : _relay.EnqueueAsync(answer, _abort.Token);

    [LoggerMessage(LogLevel.Information, "Connection {Connection} from {Host} logged in: {VirtualCluster} {Principal}")]
    private partial void LogLoggedIn(long connection, string host, string? virtualCluster, string principal);

    [LoggerMessage(LogLevel.Warning, "Connection {Connection} from {Host} ({VirtualCluster} {Principal}) is refused: {Reason}")]
    private partial void LogRefused(long connection, string host, string? virtualCluster, string? principal, string reason);

    [LoggerMessage(LogLevel.Information, "Connection {Connection} from {Host} ({VirtualCluster} {Principal}) broke: {Reason}")]
    private partial void LogBroken(long connection, string host, string? virtualCluster, string? principal, string reason);
}
