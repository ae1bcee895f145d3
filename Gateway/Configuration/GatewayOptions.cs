namespace PartnerPlatform.Gateway.Configuration;

/// <summary>Settings of one node; names and defaults in each description.</summary>
/// <param name="ClusterId">GATEWAY_CLUSTER_ID, default <c>gateway</c>: nodes with the same one share the load.</param>
/// <param name="AdvertisedHost">GATEWAY_ADVERTISED_HOST, default this machine's name: host that clients are told.</param>
/// <param name="BindAddress">GATEWAY_BIND_ADDRESS, default <c>0.0.0.0</c>: address that listeners bind to.</param>
/// <param name="PortStart">GATEWAY_PORT_START, default 6969: port of slot 0.</param>
/// <param name="PortCount">GATEWAY_PORT_COUNT, default 10: how many slots the node serves; bound at start.</param>
/// <param name="RackId">GATEWAY_RACK_ID, default none: brokers of this rack are preferably served by this node.</param>
/// <param name="InternalLoadBalancing">GATEWAY_FEATURE_FLAGS_INTERNAL_LOAD_BALANCING, default true.</param>
/// <param name="SecurityProtocol">GATEWAY_SECURITY_PROTOCOL, default as the backing cluster's: see <see cref="SecurityProtocols.Like"/>.</param>
/// <param name="Tls">GATEWAY_SSL_*; null: the protocol has no TLS.</param>
/// <param name="VirtualClusterIsMandatory">GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER, default false: whoever belongs to no virtual cluster gets nothing, passthrough neither.</param>
/// <param name="ConfluentCloud">GATEWAY_CONFLUENT_CLOUD_*; null: nobody is asked whose an API key is.</param>
/// <param name="HttpPort">GATEWAY_HTTP_PORT, default 8888: health and metrics.</param>
/// <param name="HttpBindAddress">GATEWAY_HTTP_BIND_ADDRESS, default 127.0.0.1.</param>
/// <param name="ProbeUrl">GATEWAY_PROBE_URL, default <c>http://ADVERTISED_HOST:HTTP_PORT</c>, https with a certificate: where other nodes probe this one.</param>
/// <param name="StateFile">GATEWAY_STATE_FILE, default <c>gateway-state.json</c>.</param>
/// <param name="MaxStateAge">GATEWAY_MAX_STATE_AGE in seconds, default 86400; 0 = for ever: out of touch for longer, no new connections.</param>
/// <param name="MaxRequestBytes">GATEWAY_MAX_REQUEST_BYTES, default 104857600, as Kafka's <c>socket.request.max.bytes</c>.</param>
/// <param name="MaxControlRequestBytes">GATEWAY_MAX_CONTROL_REQUEST_BYTES, default 8388608: longest request without records; what a leader of a large classic group sends is a few MB.</param>
/// <param name="MaxConnections">GATEWAY_MAX_CONNECTIONS, default 10000: connections that are logged in.</param>
/// <param name="MaxWaitingConnections">GATEWAY_MAX_CONNECTIONS_WAITING, default 1000: connections that are not logged in; a newer one ends the oldest.</param>
/// <param name="LoginTimeout">GATEWAY_LOGIN_TIMEOUT in seconds, default 30: how long a connection may take to log in.</param>
/// <param name="FailedLoginDelay">GATEWAY_FAILED_LOGIN_DELAY_MS, default 100 as Kafka's <c>connection.failed.authentication.delay.ms</c>; 0 = none: how long the answer to wrong credentials waits, doubled with every five in a minute, up to 64 times.</param>
/// <param name="IdleTimeout">GATEWAY_CONNECTIONS_MAX_IDLE in seconds, default 600, as Kafka's <c>connections.max.idle.ms</c>.</param>
/// <param name="DrainTimeout">GATEWAY_DRAIN_TIMEOUT in seconds, default 20: how long requests under way may take at a stop.</param>
/// <param name="MetadataInterval">GATEWAY_METADATA_INTERVAL in seconds, default 2: how often a cluster's content is looked at.</param>
/// <param name="MaxTransactionTimeout">GATEWAY_MAX_TRANSACTION_TIMEOUT in seconds, default 900, as Kafka's <c>transaction.max.timeout.ms</c>.</param>
/// <param name="MaxPartitions">GATEWAY_MAX_PARTITIONS, default 1000: partitions that one request of a client may ask for, over all its topics.</param>
/// <param name="SocketThreads">GATEWAY_SOCKET_THREADS, default the number of processors: threads that move the bytes of Kafka connections.</param>
/// <param name="UserPoolSecretKey">GATEWAY_USER_POOL_SECRET_KEY: base64, 256 bit; no default: null, and PLAIN is not offered.</param>
public sealed record GatewayOptions(
    string ClusterId,
    string AdvertisedHost,
    string BindAddress,
    int PortStart,
    int PortCount,
    string? RackId,
    bool InternalLoadBalancing,
    SecurityProtocol SecurityProtocol,
    ListenerTlsOptions? Tls,
    bool VirtualClusterIsMandatory,
    ConfluentCloudOptions? ConfluentCloud,
    int HttpPort,
    string HttpBindAddress,
    string ProbeUrl,
    string StateFile,
    TimeSpan MaxStateAge,
    int MaxRequestBytes,
    int MaxControlRequestBytes,
    int MaxConnections,
    int MaxWaitingConnections,
    TimeSpan LoginTimeout,
    TimeSpan FailedLoginDelay,
    TimeSpan IdleTimeout,
    TimeSpan DrainTimeout,
    TimeSpan MetadataInterval,
    TimeSpan MaxTransactionTimeout,
    int MaxPartitions,
    int SocketThreads,
    byte[]? UserPoolSecretKey)
{
    /// <summary>As ASP.NET Core names it, and as Platform, Identity and the portal are given theirs: the certificate of the HTTP port; without it there is no TLS.</summary>
    public const string HttpCertificate = "Kestrel:Certificates:Default:Path";

    /// <param name="backing">The main cluster's.</param>
    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static GatewayOptions Read(IConfiguration configuration, BrokerProtocol backing)
    {
        var settings = new SettingsReader(configuration);
        var protocol = settings.Choice("GATEWAY_SECURITY_PROTOCOL", SecurityProtocols.Like(backing));
        var host = settings.Optional("GATEWAY_ADVERTISED_HOST") ?? Environment.MachineName;
        var httpPort = settings.Int("GATEWAY_HTTP_PORT", 8888, 0, 65535);
        var options = new GatewayOptions(
            settings.Optional("GATEWAY_CLUSTER_ID") ?? "gateway",
            host,
            settings.Optional("GATEWAY_BIND_ADDRESS") ?? "0.0.0.0",
            settings.Int("GATEWAY_PORT_START", 6969, 1, 65535),
            settings.Int("GATEWAY_PORT_COUNT", 10, 1, 5000),
            settings.Optional("GATEWAY_RACK_ID"),
            settings.Flag("GATEWAY_FEATURE_FLAGS_INTERNAL_LOAD_BALANCING", true),
            protocol,
            ListenerTlsOptions.Read(settings, protocol),
            settings.Flag("GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER", false),
            ConfluentCloudOptions.Read(settings, protocol),
            httpPort,
            settings.Optional("GATEWAY_HTTP_BIND_ADDRESS") ?? "127.0.0.1",
            settings.Optional("GATEWAY_PROBE_URL") ?? $"{(settings.Optional(HttpCertificate) is null ? "http" : "https")}://{host}:{httpPort}",
            settings.Optional("GATEWAY_STATE_FILE") ?? "gateway-state.json",
            settings.Seconds("GATEWAY_MAX_STATE_AGE", 86_400, 0, int.MaxValue),
            settings.Int("GATEWAY_MAX_REQUEST_BYTES", 104_857_600, 1024, int.MaxValue),
            settings.Int("GATEWAY_MAX_CONTROL_REQUEST_BYTES", 8_388_608, 65_536, int.MaxValue),
            settings.Int("GATEWAY_MAX_CONNECTIONS", 10_000, 1, 1_000_000),
            settings.Int("GATEWAY_MAX_CONNECTIONS_WAITING", 1000, 1, 1_000_000),
            settings.Seconds("GATEWAY_LOGIN_TIMEOUT", 30, 1, 3600),
            TimeSpan.FromMilliseconds(settings.Int("GATEWAY_FAILED_LOGIN_DELAY_MS", 100, 0, 10_000)),
            settings.Seconds("GATEWAY_CONNECTIONS_MAX_IDLE", 600, 1, 86_400),
            settings.Seconds("GATEWAY_DRAIN_TIMEOUT", 20, 0, 3600),
            settings.Seconds("GATEWAY_METADATA_INTERVAL", 2, 1, 3600),
            settings.Seconds("GATEWAY_MAX_TRANSACTION_TIMEOUT", 900, 1, 86_400),
            settings.Int("GATEWAY_MAX_PARTITIONS", 1000, 1, 1_000_000),
            settings.Int("GATEWAY_SOCKET_THREADS", Environment.ProcessorCount, 1, 1024),
            Key(settings));
        if (options.PortStart + options.PortCount > 65536)
        {
            throw new InvalidSettingException($"GATEWAY_PORT_COUNT is {options.PortCount}: GATEWAY_PORT_START {options.PortStart} leaves {65536 - options.PortStart} ports.");
        }

        return protocol.IsDelegated() && backing is BrokerProtocol.PLAINTEXT or BrokerProtocol.SSL
            ? throw new InvalidSettingException($"GATEWAY_SECURITY_PROTOCOL is {protocol}, but KAFKA_SECURITY_PROTOCOL is {backing}: brokers judge logins by SASL_PLAINTEXT or SASL_SSL.")
            : options;
    }

    private static byte[]? Key(SettingsReader settings)
    {
        const string name = Contracts.Tokens.GatewayTokens.SecretKeyVariable;
        const string rule = "a random value of 256 bit in base64 (openssl rand -base64 32)";
        if (settings.Optional(name) is null && settings.Optional(name + "_FILE") is null)
        {
            return null;
        }

        try
        {
            var key = Convert.FromBase64String(settings.Secret(name, rule));
            return key.Length == 32 ? key : throw new InvalidSettingException($"{name} has {key.Length * 8} bit: {rule} is needed.");
        }
        catch (FormatException)
        {
            throw new InvalidSettingException($"{name} is not base64: {rule} is needed.");
        }
    }
}

/// <summary>How a node reaches the control plane.</summary>
/// <param name="PlatformUrl">GATEWAY_PLATFORM_URL.</param>
/// <param name="IdentityUrl">GATEWAY_IDENTITY_URL.</param>
/// <param name="ClientId">GATEWAY_NODE_CLIENT_ID: also the node's name.</param>
/// <param name="ClientSecret">GATEWAY_NODE_CLIENT_SECRET, or the file named by GATEWAY_NODE_CLIENT_SECRET_FILE.</param>
public sealed record ControlPlaneOptions(Uri PlatformUrl, Uri IdentityUrl, string ClientId, string ClientSecret)
{
    /// <exception cref="InvalidSettingException">A setting is missing or wrong.</exception>
    public static ControlPlaneOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration);
        return new ControlPlaneOptions(
            settings.Url("GATEWAY_PLATFORM_URL", "where the control plane is"),
            settings.Url("GATEWAY_IDENTITY_URL", "where access tokens are issued"),
            settings.Required("GATEWAY_NODE_CLIENT_ID", "the node's OAuth client id, from registerNode"),
            settings.Secret("GATEWAY_NODE_CLIENT_SECRET", "the node's OAuth client secret, from registerNode"));
    }
}
