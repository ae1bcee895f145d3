using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Gateway.Configuration;

/// <summary>How one node serves its clients.</summary>
/// <param name="Tls">Null: the protocol has no TLS.</param>
/// <param name="VirtualClusterIsMandatory">Whoever belongs to no virtual cluster gets nothing, passthrough neither.</param>
/// <param name="ConfluentCloud">Null: nobody is asked whose an API key is.</param>
public sealed record GatewayOptions(
    [Setting("GATEWAY_CLUSTER_ID", "nodes with the same one share the load", Default = "gateway", Example = "gateway-eu")]
    string ClusterId,
    [Setting("GATEWAY_ADVERTISED_HOST", "host that clients are told", Otherwise = "the machine's name", Example = "gateway-1.example.com")]
    string AdvertisedHost,
    [Setting("GATEWAY_BIND_ADDRESS", "address that the Kafka ports are bound to", Default = "0.0.0.0", Example = "10.0.0.5")]
    string BindAddress,
    [Setting("GATEWAY_PORT_START", "port of slot 0; slot n is served at this + n", Default = "6969", Example = "9092")]
    int PortStart,
    [Setting("GATEWAY_PORT_COUNT", "how many slots the node serves; bound at start", Default = "10", Example = "30")]
    int PortCount,
    [Setting("GATEWAY_RACK_ID", "brokers of this rack are preferably served by this node", Otherwise = "none", Example = "eu-west-1a")]
    string? RackId,
    [Setting("GATEWAY_FEATURE_FLAGS_INTERNAL_LOAD_BALANCING", "false: every broker is told at this node's own host", Default = "true", Example = "false")]
    bool InternalLoadBalancing,
    [Setting("GATEWAY_SECURITY_PROTOCOL", "how clients come in, see [below](#ways-in); nodes of one `GATEWAY_CLUSTER_ID` have the same one", Otherwise = "as the main cluster's", Example = "DELEGATED_SASL_SSL")]
    SecurityProtocol SecurityProtocol,
    ListenerTlsOptions? Tls,
    [Setting("GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER", "true: no passthrough", Default = "false", Example = "true")]
    bool VirtualClusterIsMandatory,
    ConfluentCloudOptions? ConfluentCloud,
    [Setting("GATEWAY_HTTP_PORT", "`/health/live`, `/health/ready`, `/metrics`", Default = "8888", Example = "9000")]
    int HttpPort,
    [Setting("GATEWAY_HTTP_BIND_ADDRESS", "address that the HTTP port is bound to; other nodes must reach it", Default = "127.0.0.1", Example = "10.0.0.5")]
    string HttpBindAddress,
    [Setting("GATEWAY_PROBE_URL", "where other nodes ask whether this one is ready", Otherwise = "`http://ADVERTISED_HOST:HTTP_PORT`, https with a certificate", Example = "https://10.0.0.5:8888")]
    [Setting(SettingsReader.Certificate, "certificate of the HTTP port, see [below](#tls-between-the-parts)", Otherwise = "none: no TLS", Example = "/etc/gateway/http.pem")]
    string ProbeUrl,
    [Setting("GATEWAY_STATE_FILE", "what the node needs to serve without the control plane", Default = "gateway-state.json", Example = "/var/lib/gateway/state.json")]
    string StateFile,
    [Setting("GATEWAY_MAX_STATE_AGE", "out of touch for longer, no new logins are taken; 0 = for ever", Default = "86400", Unit = "s", Example = "3600")]
    TimeSpan MaxStateAge,
    [Setting("GATEWAY_MAX_REQUEST_BYTES", "longest request of a client, as Kafka's `socket.request.max.bytes`", Default = "104857600", Unit = "bytes", Example = "20971520")]
    int MaxRequestBytes,
    [Setting("GATEWAY_MAX_CONTROL_REQUEST_BYTES", "longest request of a client without records (all but Produce); the leader of a large classic group sends a few MB", Default = "8388608", Unit = "bytes", Example = "4194304")]
    int MaxControlRequestBytes,
    [Setting("GATEWAY_MAX_CONNECTIONS", "client connections of the node that are logged in", Default = "10000", Example = "2000")]
    int MaxConnections,
    [Setting("GATEWAY_MAX_CONNECTIONS_WAITING", "client connections that are not logged in; a newer one ends the oldest", Default = "1000", Example = "200")]
    int MaxWaitingConnections,
    [Setting("GATEWAY_LOGIN_TIMEOUT", "how long a connection may take to log in", Default = "30", Unit = "s", Example = "10")]
    TimeSpan LoginTimeout,
    [Setting("GATEWAY_FAILED_LOGIN_DELAY_MS", "how long the answer to wrong credentials waits, as Kafka's `connection.failed.authentication.delay.ms`; doubled with every five of the same address or account in a minute, up to 64 times; 0 = not at all", Default = "100", Unit = "ms", Example = "500")]
    TimeSpan FailedLoginDelay,
    [Setting("GATEWAY_CONNECTIONS_MAX_IDLE", "a connection without requests for longer is closed, as by Kafka's `connections.max.idle.ms`", Default = "600", Unit = "s", Example = "300")]
    TimeSpan IdleTimeout,
    [Setting("GATEWAY_DRAIN_TIMEOUT", "how long requests under way may take at a stop", Default = "20", Unit = "s", Example = "60")]
    TimeSpan DrainTimeout,
    [Setting("GATEWAY_METADATA_INTERVAL", "how often a cluster's content is looked at", Default = "2", Unit = "s", Example = "10")]
    TimeSpan MetadataInterval,
    [Setting("GATEWAY_MAX_TRANSACTION_TIMEOUT", "longest transaction time-out that a client may ask for, as Kafka's `transaction.max.timeout.ms`", Default = "900", Unit = "s", Example = "60")]
    TimeSpan MaxTransactionTimeout,
    [Setting("GATEWAY_MAX_PARTITIONS", "partitions that one request of a client may ask for (CreateTopics, CreatePartitions), over all its topics", Default = "1000", Example = "100")]
    int MaxPartitions,
    [Setting("GATEWAY_SOCKET_THREADS", "threads that move the bytes of Kafka connections", Otherwise = "the number of processors", Example = "4")]
    int SocketThreads,
    [Setting(GatewayTokens.SecretKeyVariable, "base64, 256 bit: checks tokens for SASL/PLAIN (`openssl rand -base64 32`)", Otherwise = "none: PLAIN is not offered", HasFile = true, Example = "/run/secrets/user-pool-key")]
    byte[]? UserPoolSecretKey)
{
    /// <param name="backing">The main cluster's.</param>
    /// <exception cref="InvalidSettingException">Mapping rules cannot be read; what else is missing or wrong the reader tells.</exception>
    public static GatewayOptions Read(SettingsReader settings, BrokerProtocol backing)
    {
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
            settings.Optional("GATEWAY_PROBE_URL") ?? $"{(settings.Has(SettingsReader.Certificate) ? "https" : "http")}://{host}:{httpPort}",
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
            settings.HasSecret(GatewayTokens.SecretKeyVariable) ? settings.Key(GatewayTokens.SecretKeyVariable, "the key of tokens for SASL/PLAIN") : null);
        settings.Require(
            options.PortStart + options.PortCount <= 65536, "GATEWAY_PORT_COUNT", $"is {options.PortCount}: GATEWAY_PORT_START {options.PortStart} leaves {65536 - options.PortStart} ports");
        settings.Require(
            !protocol.IsDelegated() || backing is not (BrokerProtocol.PLAINTEXT or BrokerProtocol.SSL),
            "GATEWAY_SECURITY_PROTOCOL", $"is {protocol}, but KAFKA_SECURITY_PROTOCOL is {backing}: brokers judge logins by SASL_PLAINTEXT or SASL_SSL");
        return options;
    }
}

/// <summary>How a node reaches the control plane.</summary>
public sealed record ControlPlaneOptions(
    [Setting("GATEWAY_PLATFORM_URL", "where the control plane is", Example = "https://platform.example.com")]
    Uri PlatformUrl,
    [Setting("GATEWAY_IDENTITY_URL", "where access tokens are issued", Example = "https://identity.example.com")]
    Uri IdentityUrl,
    [Setting("GATEWAY_NODE_CLIENT_ID", "the node's OAuth client id, from `registerNode`; also its name", Example = "node-1")]
    string ClientId,
    [Setting("GATEWAY_NODE_CLIENT_SECRET", "its secret", HasFile = true, Example = "/run/secrets/node-1")]
    string ClientSecret)
{
    public static ControlPlaneOptions Read(SettingsReader settings) => new(
        settings.Url("GATEWAY_PLATFORM_URL", "where the control plane is"),
        settings.Url("GATEWAY_IDENTITY_URL", "where access tokens are issued"),
        settings.Required("GATEWAY_NODE_CLIENT_ID", "the node's OAuth client id, from registerNode"),
        settings.Secret("GATEWAY_NODE_CLIENT_SECRET", "the node's OAuth client secret, from registerNode"));

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"node {ClientId} at {PlatformUrl}";
}
