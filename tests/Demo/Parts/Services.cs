using System.Globalization;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Demo.Parts;

/// <summary>How our own services are told what they need: environment variables, secrets by file.</summary>
internal sealed class Services(DemoState state, DemoPorts ports)
{
    private const string UserPoolKey = "GATEWAY_USER_POOL_SECRET_KEY";

    public Uri IdentityUrl { get; } = Url(ports.Identity);

    public Uri PlatformUrl { get; } = Url(ports.Platform);

    public Uri WebUrl { get; } = Url(ports.Web);

    public string OperatorSecret => state.Secret("operator.secret");

    /// <summary>Clients may begin with any of them.</summary>
    public string Bootstrap => string.Join(',', ports.Gateways.Select(gateway => $"127.0.0.1:{gateway.KafkaStart}"));

    public ServicePlan Identity(string database)
    {
        _ = state.Key("identity-master.key");
        _ = state.Secret("portal.secret");
        return Plan("identity", "Identity", ports.Identity, new()
        {
            ["IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["IDENTITY_DATABASE"] = database,
            ["IDENTITY_MASTER_KEY_FILE"] = state.SecretFile("identity-master.key"),
            ["IDENTITY_APPLY_SCHEMA"] = "true",
            ["PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["IDENTITY_PORTAL_URL"] = WebUrl.AbsoluteUri,
            ["IDENTITY_PORTAL_SECRET_FILE"] = state.SecretFile("portal.secret"),
        });
    }

    public ServicePlan Web()
    {
        var keys = Path.Combine(state.Folder, "web");
        PrivateFiles.CreateFolder(keys);
        return Plan("web", "Web", ports.Web, new()
        {
            ["WEB_LISTEN"] = $"127.0.0.1:{Number(ports.Web)}",
            ["WEB_PUBLIC_URL"] = WebUrl.AbsoluteUri,
            ["WEB_IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["WEB_PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["WEB_CLIENT_SECRET_FILE"] = state.SecretFile("portal.secret"),
            ["WEB_STATE_DIR"] = keys,
        });
    }

    public ServicePlan Platform(string database)
    {
        _ = state.Key("platform-master.key");
        _ = OperatorSecret;
        return Plan("platform", "Platform", ports.Platform, new()
        {
            ["PLATFORM_DATABASE"] = database,
            ["PLATFORM_MASTER_KEY_FILE"] = state.SecretFile("platform-master.key"),
            ["PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE"] = state.SecretFile("operator.secret"),
            ["PLATFORM_APPLY_SCHEMA"] = "true",
            ["IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            [UserPoolKey] = state.Key("user-pool.key"),
        });
    }

    /// <param name="index">From 0.</param>
    public ServicePlan Gateway(int index, string kafka)
    {
        var name = GatewayName(index);
        var own = ports.Gateways[index];
        return Plan(name, "Gateway", own.Http, new()
        {
            ["GATEWAY_PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["GATEWAY_IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["GATEWAY_NODE_CLIENT_ID"] = name,
            ["GATEWAY_NODE_CLIENT_SECRET_FILE"] = state.SecretFile($"{name}.secret"),
            ["GATEWAY_STATE_FILE"] = Path.Combine(state.Folder, $"{name}.state"),
            ["GATEWAY_HTTP_PORT"] = Number(own.Http),
            ["GATEWAY_CLUSTER_ID"] = "demo",
            ["GATEWAY_ADVERTISED_HOST"] = "127.0.0.1",
            ["GATEWAY_PORT_START"] = Number(own.KafkaStart),
            ["GATEWAY_PORT_COUNT"] = Number(DemoPorts.GatewayPortCount),
            ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
            [UserPoolKey] = state.Key("user-pool.key"),
            [KafkaCluster.Variable] = kafka,
        });
    }

    public static string GatewayName(int index) => $"gateway-{Number(index + 1)}";

    public static async Task StartAsync(ServicePlan plan, string title, Running running, CancellationToken cancellation)
    {
        var service = new ServiceProcess(plan);
        await service.StartUnreadyAsync();
        // Known before it is ready: a start that is broken off stops it too.
        running.Add(new Part(title, () => service.Process, service.StopAsync, service.StartAsync));
        await service.WaitUntilReadyAsync(cancellation);
    }

    private static Uri Url(int port) => new($"http://127.0.0.1:{Number(port)}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private ServicePlan Plan(string name, string project, int port, Dictionary<string, string> environment)
    {
        environment["ASPNETCORE_URLS"] = Url(port).AbsoluteUri;
        return new ServicePlan(name, Repository.Dll(project), environment, new Uri(Url(port), "health/ready"), state.Logs);
    }
}
