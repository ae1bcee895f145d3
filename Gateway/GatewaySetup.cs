using JasperFx.CodeGeneration;
using OpenTelemetry.Metrics;
using PartnerPlatform.Contracts.Http;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Authentication.Delegated;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Listeners;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;
using PartnerPlatform.Gateway.Routing;
using PartnerPlatform.Gateway.Transport.Loops;
using PartnerPlatform.Gateway.Upstream;
using Wolverine;

namespace PartnerPlatform.Gateway;

/// <summary>The parts of a node, room by room.</summary>
public static class GatewaySetup
{
    public static void AddModel(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddLostConnections();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<TopicIdKey>();
        services.AddSingleton<FeedStatus>();
    }

    /// <summary>What moves the bytes of Kafka connections; the physical clusters: for each a way in and somebody who watches it.</summary>
    public static void AddKafka(this IServiceCollection services, IReadOnlyList<KafkaClusterOptions> clusters)
    {
        services.AddSingleton(s => new EventLoops(s.GetRequiredService<GatewayOptions>().SocketThreads));
        services.AddHttpClient(BrokerAccess.HttpClientName, c => c.Timeout = TimeSpan.FromSeconds(5))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddSingleton<Func<KafkaClusterOptions, ClusterWatcher>>(s => c => new ClusterWatcher(
            c,
            new BrokerAccess(c, s.GetRequiredService<EventLoops>(), s.GetRequiredService<IHttpClientFactory>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<BrokerAccess>>()),
            s.GetRequiredService<GatewayOptions>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ClusterWatcher>>()));
        services.AddSingleton(s => new ClusterDirectory(clusters.Select(s.GetRequiredService<Func<KafkaClusterOptions, ClusterWatcher>>()).ToList()));
        foreach (var cluster in clusters)
        {
            services.AddSingleton<IHostedService>(s => s.GetRequiredService<ClusterDirectory>().Find(cluster.Name)!);
        }
    }

    public static void AddRouting(this IServiceCollection services, string nodeName)
    {
        services.AddSingleton(s => new NodeDirectory(s.GetRequiredService<ModelStore>(), s.GetRequiredService<GatewayOptions>(), nodeName));
        services.AddSingleton<VirtualClusterIds>();
        services.AddHttpClient(PeerProbe.HttpClientName, c => c.Timeout = TimeSpan.FromMilliseconds(800));
        services.AddHostedService<PeerProbe>();
        services.AddHostedService<WithdrawnOffsets>();
    }

    public static void AddAuthentication(this IServiceCollection services, GatewayOptions options, OAuthOptions oauth)
    {
        services.AddSingleton(oauth);
        services.AddSingleton<CertificateLogin>();
        if (options.Tls is { } tls)
        {
            services.AddSingleton(tls);
            services.AddSingleton<ClientCertificates>();
        }

        services.AddSingleton<DelegatedLogin>();
        if (options.ConfluentCloud is { } confluentCloud)
        {
            services.AddSingleton(confluentCloud);
            services.AddSingleton<ConfluentCloudPrincipals>();
            services.AddHttpClient(ConfluentCloudPrincipals.HttpClientName, c => c.Timeout = TimeSpan.FromSeconds(5)).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        }

        services.AddSingleton<FailedLogins>();
        services.AddSingleton<PlainAuthenticator>();
        services.AddSingleton<OAuthBearerAuthenticator>();
        services.AddSingleton<TrustedIssuers>();
        services.AddSingleton<LoginLog>();
        services.AddHttpClient(IssuerKeys.HttpClientName, c => c.Timeout = TimeSpan.FromSeconds(5));
        services.AddHostedService<KeyFollower>();
    }

    public static void AddRelay(this IServiceCollection services)
    {
        services.AddSingleton<TenantViews>();
        services.AddSingleton<FormerNameUse>();
        services.AddSingleton<GroupMemberships>();
        services.AddSingleton<BrokerAddresses>();
        services.AddSingleton<PassthroughApis>();
        services.AddSingleton<VersionOffer>();
        services.AddSingleton<UpstreamConnector>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayParts>();
        services.AddHostedService(s => s.GetRequiredService<ConnectionRegistry>());
        foreach (var api in typeof(NodeApi).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(NodeApi)) && !t.IsAbstract))
        {
            services.AddSingleton(typeof(NodeApi), api);
        }
    }

    /// <summary>Following the control plane; tests that give the model by hand leave it out.</summary>
    public static void AddFeed(this WebApplicationBuilder builder, ControlPlaneOptions controlPlane)
    {
        builder.Services.AddSingleton(controlPlane);
        builder.Services.AddSingleton<NodeTokens>();
        builder.Services.AddSingleton<PlatformClient>();
        builder.Services.AddSingleton(KafkaClusterReader.AwsOf(builder.Configuration));
        builder.Services.AddSingleton<ClusterSecretsCache>();
        builder.Services.AddSingleton<RegisteredClusters>();
        builder.Services.AddSingleton<StateFile>();
        builder.Services.AddSingleton<StateWriter>();
        builder.Services.AddHttpClient(PlatformClient.HttpClientName, c => c.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddHostedService(s => s.GetRequiredService<StateWriter>());
        builder.Services.AddHostedService(s => s.GetRequiredService<RegisteredClusters>());
        builder.Services.AddHostedService<FeedFollower>();
        builder.Services.AddHostedService<FactsReporter>();
        builder.Host.UseWolverine(wolverine =>
        {
            wolverine.Durability.Mode = DurabilityMode.Solo;
            wolverine.ServiceName = controlPlane.ClientId;
            wolverine.CodeGeneration.GeneratedCodeOutputPath = Path.Combine(builder.Environment.ContentRootPath, "Generated");
#if DEBUG
            wolverine.CodeGeneration.TypeLoadMode = TypeLoadMode.Dynamic;
#else
            wolverine.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
#endif
        });
    }

    public static void AddGatewayMetrics(this IServiceCollection services) =>
        services.AddOpenTelemetry().WithMetrics(m => m.AddMeter(GatewayMetrics.MeterName).AddMeter("System.Runtime").AddPrometheusExporter());

    /// <summary>Drains connections when the node is told to stop, before Kestrel gives them up.</summary>
    public static void UseDraining(this WebApplication app) =>
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<Draining>().Begin);
}
