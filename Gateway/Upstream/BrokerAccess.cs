using System.Collections.Concurrent;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Transport.Loops;
using PartnerPlatform.Gateway.Upstream.Sasl;

namespace PartnerPlatform.Gateway.Upstream;

/// <summary>A connection to a broker that a client's requests may be sent over.</summary>
/// <param name="Session">The gateway's login there; null: the listener wants none.</param>
public sealed record BrokerChannel(IByteChannel Bytes, BrokerSession? Session);

/// <summary>
/// The one way into the brokers of a physical cluster, for clients' connections and for the gateway's own: TCP, then TLS and login as the cluster is configured, nothing
/// less. Thread-safe.
/// </summary>
public sealed partial class BrokerAccess : IDisposable
{
    /// <summary>For token endpoints.</summary>
    public const string HttpClientName = "broker-tokens";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>TLS and login together, once connected.</summary>
    private static readonly TimeSpan LoginTimeout = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<(string Host, int Port, bool OfClients), LoginGate> _gates = new();
    private readonly KafkaClusterOptions _cluster;
    private readonly EventLoops _loops;
    private readonly TlsClient? _tls;
    private readonly SaslMechanism? _sasl;
    private readonly TimeProvider _time;
    private readonly ILogger<BrokerAccess> _logger;

    /// <exception cref="InvalidSettingException">A store or key tab cannot be used.</exception>
    public BrokerAccess(KafkaClusterOptions cluster, EventLoops loops, IHttpClientFactory http, TimeProvider time, ILogger<BrokerAccess> logger)
    {
        (_cluster, _loops, _time, _logger) = (cluster, loops, time, logger);
        _tls = cluster.Tls is { } tls ? new TlsClient(cluster.Name, tls, time, logger) : null;
        _sasl = cluster.Sasl is { } sasl ? SaslMechanisms.Of(sasl, cluster.Name, http, time, logger) : null;
    }

    private bool HasLogin => _tls is not null || _sasl is not null;

    /// <summary>Opens a connection for a client's requests.</summary>
    /// <param name="known">What the broker offers; null: it is asked, where that matters.</param>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="BrokerRefusedException">The broker and the gateway do not agree, or did not a moment ago.</exception>
    public async Task<BrokerChannel> OpenAsync(string host, int port, BrokerVersions? known, CancellationToken cancellationToken)
    {
        if (!HasLogin)
        {
            return new BrokerChannel(await _loops.ConnectAsync(host, port, ConnectTimeout, cancellationToken), null);
        }

        return await EnterAsync(host, port, async limit =>
        {
            var channel = await SecuredAsync(host, port, limit);
            if (_sasl is null && _tls is { ShowsCertificate: false })
            {
                return new BrokerChannel(channel, null);
            }

            // Without SASL, one question: in TLS 1.3 a broker looks at our certificate only when we believe that the handshake is done.
            var connection = await BrokerConnection.OverAsync(channel, _sasl is null ? null : known, limit);
            return await GuardAsync(connection, async () =>
            {
                await LogInAsync(connection, host, port, limit);
                return new BrokerChannel(connection.Detach(), connection.Session);
            });
        }, cancellationToken);
    }

    /// <summary>Opens a connection on which a client will log in by itself: TLS as the cluster is configured, no login of the gateway's.</summary>
    /// <param name="known">What the broker offers; null: it is asked.</param>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="BrokerRefusedException">The broker and the gateway do not agree.</exception>
    public Task<BrokerConnection> OpenForLoginAsync(string host, int port, BrokerVersions? known, CancellationToken cancellationToken) =>
        EnterAsync(host, port, async limit => await BrokerConnection.OverAsync(await SecuredAsync(host, port, limit), known, limit), cancellationToken, ofClients: true);

    /// <summary>Opens a connection for the gateway's own requests.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="IOException">The broker does not answer as a broker, or <see cref="BrokerRefusedException"/>.</exception>
    public async Task<BrokerConnection> OpenOwnAsync(string host, int port, CancellationToken cancellationToken)
    {
        if (!HasLogin)
        {
            return await BrokerConnection.OverAsync(await _loops.ConnectAsync(host, port, ConnectTimeout, cancellationToken), null, cancellationToken);
        }

        return await EnterAsync(host, port, async limit =>
        {
            var connection = await BrokerConnection.OverAsync(await SecuredAsync(host, port, limit), null, limit);
            return await GuardAsync(connection, async () =>
            {
                await LogInAsync(connection, host, port, limit);
                return connection;
            });
        }, cancellationToken);
    }

    /// <summary>Looks whether files of stores and key tabs have changed; cheap, and at most once a second.</summary>
    public void LookAtFiles()
    {
        _tls?.LookAtFiles();
        _sasl?.LookAtFiles();
    }

    public void Dispose()
    {
        _sasl?.Dispose();
        foreach (var gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    /// <summary>TCP, and TLS where the cluster is configured for it.</summary>
    private async Task<IByteChannel> SecuredAsync(string host, int port, CancellationToken limit)
    {
        var channel = await _loops.ConnectAsync(host, port, ConnectTimeout, limit);
        return _tls is null ? channel : await _tls.HandshakeAsync(channel, host, limit);
    }

    private async Task LogInAsync(BrokerConnection connection, string host, int port, CancellationToken limit)
    {
        if (_sasl is not null)
        {
            var session = new BrokerSession(_sasl, host, connection.Versions, _time);
            await session.LogInAsync(connection.AskNowAsync, limit);
            session.BeforeRenewal = GateOf(host, port).ThrowIfClosed;
            session.Refused = e => Refuse(host, port, e, "the login could not be renewed: ");
            connection.Session = session;
        }
    }

    private static async Task<T> GuardAsync<T>(BrokerConnection connection, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<T> EnterAsync<T>(string host, int port, Func<CancellationToken, Task<T>> open, CancellationToken cancellationToken, bool ofClients = false)
    {
        // What brokers say to clients' own logins says nothing about the gateway's, nor the other way round.
        var gate = GateOf(host, port, ofClients);
        await gate.EnterAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LoginTimeout);
        try
        {
            var opened = await open(limit.Token);
            gate.Succeeded();
            return opened;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refuse(host, port, new LoginFailedException($"no login within {LoginTimeout.TotalSeconds:0} s", e), ofClients: ofClients);
        }
        catch (Exception e) when (e is LoginFailedException or IOException or InvalidFrameException or SocketException { SocketErrorCode: SocketError.TimedOut })
        {
            // Whoever says nothing at all, too: else each of those who wait for their turn would find that out for itself, a few at a time.
            throw Refuse(host, port, e, ofClients: ofClients);
        }
        catch
        {
            gate.Undecided();
            throw;
        }
        finally
        {
            gate.Leave();
        }
    }

    private LoginGate GateOf(string host, int port, bool ofClients = false) => _gates.GetOrAdd((host, port, ofClients), _ => new LoginGate(_time));

    private BrokerRefusedException Refuse(string host, int port, Exception reason, string prefix = "", bool ofClients = false)
    {
        var text = prefix + LoginFailedException.Explain(reason).TrimEnd('.');
        var refusal = new BrokerRefusedException($"Broker {host}:{port} of physical cluster {_cluster.Name} by {_cluster.Security}: {text}.", reason);
        var pause = GateOf(host, port, ofClients).Refused(refusal);
        LogRefused(_cluster.Name, $"{host}:{port}", _cluster.Security, text, pause.TotalSeconds);
        return refusal;
    }

    [LoggerMessage(LogLevel.Warning, "Broker {Broker} of physical cluster {Cluster} and the gateway do not agree ({Security}): {Reason}; not tried again for {Seconds:0.0} s")]
    private partial void LogRefused(string cluster, string broker, string security, string reason, double seconds);
}
