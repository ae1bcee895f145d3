using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Authentication.Delegated;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;
using PartnerPlatform.Gateway.Routing;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>What every connection of the node shares.</summary>
public sealed class GatewayParts(
    GatewayOptions options,
    PlainAuthenticator plain,
    OAuthBearerAuthenticator bearer,
    CertificateLogin certificates,
    DelegatedLogin delegated,
    FailedLogins failures,
    LoginLog logins,
    VersionOffer offer,
    VirtualClusterIds clusterIds,
    TenantViews views,
    FormerNameUse formerNames,
    BrokerAddresses addresses,
    PassthroughApis passthrough,
    ClusterDirectory clusters,
    UpstreamConnector connector,
    ConnectionRegistry registry,
    FeedStatus feed,
    GatewayMetrics metrics,
    IEnumerable<NodeApi> nodeApis,
    TimeProvider time,
    ILoggerFactory loggers)
{
    public GatewayOptions Options => options;

    public PlainAuthenticator Plain => plain;

    public OAuthBearerAuthenticator Bearer => bearer;

    public CertificateLogin Certificates => certificates;

    public DelegatedLogin Delegated => delegated;

    public FailedLogins FailedLogins => failures;

    public LoginLog Logins => logins;

    public VersionOffer Offer => offer;

    public VirtualClusterIds ClusterIds => clusterIds;

    public BrokerAddresses Addresses => addresses;

    public PassthroughApis Passthrough => passthrough;

    public ClusterDirectory Clusters => clusters;

    public UpstreamConnector Connector => connector;

    public ConnectionRegistry Registry => registry;

    public FeedStatus Feed => feed;

    public GatewayMetrics Metrics => metrics;

    public TimeProvider Time => time;

    public IReadOnlyDictionary<ApiKey, NodeApi> NodeApis { get; } = nodeApis.ToDictionary(a => a.Key);

    public ILogger<ClientConnection> Log { get; } = loggers.CreateLogger<ClientConnection>();

    /// <summary>The tenant as it is now.</summary>
    /// <param name="virtualCluster">The session's.</param>
    /// <param name="memory">The connection's.</param>
    /// <param name="asked">For an answer, or another look: the tenant as the request saw it before.</param>
    /// <exception cref="ConnectionRefusedException">It is gone, or its physical cluster is not this node's.</exception>
    public TenantView ViewOf(VirtualClusterHandle virtualCluster, ConnectionMemory memory, TenantView? asked = null)
    {
        var view = virtualCluster.Current is { } cluster ? views.Of(cluster) : null;
        return view is null ? throw new ConnectionRefusedException("The virtual cluster is gone.")
            : view.Cluster.HasFormerNames ? view.With(asked?.Names ?? new CalledNames(memory, formerNames))
            : view;
    }
}
