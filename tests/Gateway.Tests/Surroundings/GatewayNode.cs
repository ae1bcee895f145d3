using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>A gateway node as a real process, whose control plane is away: it serves from the state file that the test gives.</summary>
public sealed class GatewayNode : IAsyncDisposable
{
    public const int PortCount = 6;

    private GatewayNode(ServiceProcess service, string name, int portStart, int httpPort, string folder)
    {
        Service = service;
        Name = name;
        PortStart = portStart;
        HttpPort = httpPort;
        Folder = folder;
    }

    public ServiceProcess Service { get; }

    public string Name { get; }

    public int PortStart { get; }

    public int HttpPort { get; }

    public string Folder { get; }

    public string BootstrapServers => string.Join(',', Enumerable.Range(PortStart, 3).Select(p => $"127.0.0.1:{p}"));

    public string Log => File.ReadAllText(Service.Plan.LogFile);

    public static GatewayNode Prepare(string name, string kafka, Tenants tenants, IReadOnlyDictionary<string, string>? settings = null, int portCount = PortCount)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-").FullName;
        var (ports, http) = (FreePorts.TakeRange(portCount), FreePorts.Take());
        var environment = new Dictionary<string, string>
        {
            ["GATEWAY_PLATFORM_URL"] = "http://127.0.0.1:1",
            ["GATEWAY_IDENTITY_URL"] = "http://127.0.0.1:1",
            ["GATEWAY_NODE_CLIENT_ID"] = name,
            ["GATEWAY_NODE_CLIENT_SECRET"] = "unused",
            ["GATEWAY_STATE_FILE"] = Path.Combine(folder, "state.json"),
            ["GATEWAY_HTTP_PORT"] = $"{http}",
            ["GATEWAY_ADVERTISED_HOST"] = "127.0.0.1",
            ["GATEWAY_BIND_ADDRESS"] = "127.0.0.1",
            ["GATEWAY_PORT_START"] = $"{ports}",
            ["GATEWAY_PORT_COUNT"] = $"{portCount}",
            ["GATEWAY_METADATA_INTERVAL"] = "1",
            ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",

            // All tests come from one address, and many of them with wrong credentials.
            ["GATEWAY_FAILED_LOGIN_DELAY_MS"] = "0",
            ["GATEWAY_USER_POOL_SECRET_KEY"] = tenants.SecretKey,
            ["KAFKA_BOOTSTRAP_SERVERS"] = kafka,
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            environment[key] = value;
        }

        var service = new ServiceProcess(new ServicePlan(name, Repository.Dll("Gateway"), environment, new Uri($"http://127.0.0.1:{http}/health/ready"), folder));
        tenants.Node(name, ports, portCount, http);
        return new GatewayNode(service, name, ports, http, folder);
    }

    /// <summary>Starts the node from the tenants as they are now.</summary>
    public async Task StartAsync(Tenants tenants)
    {
        var state = new StateFile(GatewayOptionsOf(Service.Plan.Environment));
        state.Save(StateFile.Of("1:test", DateTimeOffset.UtcNow, new byte[32], tenants.Entries));
        await Service.StartAsync();
    }

    public async ValueTask DisposeAsync() => await Service.DisposeAsync();

    private static GatewayOptions GatewayOptionsOf(IReadOnlyDictionary<string, string> environment) =>
        GatewayOptions.Read(new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(environment.Select(p => KeyValuePair.Create(p.Key, (string?)p.Value))).Build()), BrokerProtocol.SASL_PLAINTEXT);
}
