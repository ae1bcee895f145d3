using System.Globalization;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>PostgreSQL, Identity, Platform and two gateway nodes as real processes, before a Kafka cluster of the caller's.</summary>
public sealed class StackUnderTest : IAsyncDisposable
{
    /// <summary>Ports of a node: one for each broker, and some to spare.</summary>
    private const int Ports = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("end-to-end-").FullName;
    private readonly int _identityPort = FreePorts.Take();
    private readonly int _platformPort = FreePorts.Take();
    private readonly int _portalPort = FreePorts.Take();
    private readonly string _userPoolKey = PrivateFiles.NewKey();
    private readonly string _kafka;
    private readonly StackTls? _tls;

    private StackUnderTest(string kafka, StackTls? tls) => (_kafka, _tls) = (kafka, tls);

    public PostgresServer Postgres { get; private set; } = null!;

    public ServiceProcess Identity { get; private set; } = null!;

    public ServiceProcess Platform { get; private set; } = null!;

    public IReadOnlyList<GatewayUnderTest> Nodes { get; private set; } = [];

    public Api Api { get; private set; } = null!;

    public Uri IdentityUrl => Url(_identityPort);

    public Uri PlatformUrl => Url(_platformPort);

    public Uri PortalUrl => Url(_portalPort);

    /// <summary>Both nodes.</summary>
    public string Bootstrap => string.Join(',', Nodes.Select(node => node.Bootstrap));

    /// <param name="tls">Null: the parts speak plain HTTP, on loopback.</param>
    public static async Task<StackUnderTest> StartAsync(string kafka, StackTls? tls = null)
    {
        var stack = new StackUnderTest(kafka, tls);
        try
        {
            await stack.StartAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The portal, which few tests need.</summary>
    public async Task<ServiceProcess> StartPortalAsync()
    {
        var keys = Directory.CreateDirectory(Path.Combine(_folder, "portal")).FullName;
        return await ServiceProcess.StartAsync(Plan("portal", "Web", _portalPort, new()
        {
            ["WEB_LISTEN"] = $"127.0.0.1:{Number(_portalPort)}",
            ["WEB_PUBLIC_URL"] = PortalUrl.AbsoluteUri,
            ["WEB_IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["WEB_PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["WEB_CLIENT_SECRET_FILE"] = Path.Combine(_folder, "portal.secret"),
            ["WEB_STATE_DIR"] = keys,
        }));
    }

    /// <exception cref="StackException">One of the services has ended by itself.</exception>
    public void ThrowIfEnded()
    {
        foreach (var service in Nodes.Select(node => node.Process).Append(Platform).Append(Identity))
        {
            service.ThrowIfEnded();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        foreach (var node in Nodes)
        {
            await node.Process.DisposeAsync();
        }

        await (Platform?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Identity?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (Environment.GetEnvironmentVariable("KEEP_LOGS") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartAsync()
    {
        // PostgreSQL's own user must get through to its data.
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        // Durable: it is killed, and must have kept what it confirmed.
        Postgres = await PostgresServer.StartAsync(
            await PostgresInstallation.FindAsync(), new PostgresPlan(Path.Combine(_folder, "data"), FreePorts.Take(), PrivateFiles.NewSecret(), LogFile("postgres")));
        var secret = Secret("operator", PrivateFiles.NewSecret());
        Identity = await ServiceProcess.StartAsync(Plan("identity", "Identity", _identityPort, new()
        {
            ["IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["IDENTITY_DATABASE"] = await Postgres.EnsureDatabaseAsync("identity"),
            ["IDENTITY_MASTER_KEY_FILE"] = Secret("identity-master", PrivateFiles.NewKey()),
            ["IDENTITY_APPLY_SCHEMA"] = "true",
            ["PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["IDENTITY_PORTAL_URL"] = PortalUrl.AbsoluteUri,
            ["IDENTITY_PORTAL_SECRET_FILE"] = Secret("portal", PrivateFiles.NewSecret()),
        }));
        Platform = await ServiceProcess.StartAsync(Plan("platform", "Platform", _platformPort, new()
        {
            ["PLATFORM_DATABASE"] = await Postgres.EnsureDatabaseAsync("platform"),
            ["PLATFORM_MASTER_KEY_FILE"] = Secret("platform-master", PrivateFiles.NewKey()),
            ["PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE"] = secret,
            ["PLATFORM_APPLY_SCHEMA"] = "true",
            ["IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["GATEWAY_USER_POOL_SECRET_KEY"] = _userPoolKey,
        }));
        Api = new Api(IdentityUrl, PlatformUrl, "operator", await File.ReadAllTextAsync(secret), _tls?.Handler());
        await Api.LogInAsync();
        await Api.SendAsync("mutation($input: RegisterPhysicalClusterInput!) { registerPhysicalCluster(input: $input) { change { id } } }", new { name = "main", reason = "test" });
        Nodes = [await RegisterAsync("gateway-1"), await RegisterAsync("gateway-2")];
        await Task.WhenAll(Nodes.Select(node => node.Process.StartAsync()));
    }

    private async Task<GatewayUnderTest> RegisterAsync(string name)
    {
        var answer = await Api.SendAsync("mutation($input: RegisterNodeInput!) { registerNode(input: $input) { clientSecret } }", new { name, reason = "test" });
        var secret = answer.GetProperty("registerNode").GetProperty("clientSecret").GetString()!;
        var http = FreePorts.Take();
        var start = FreePorts.TakeRange(Ports);
        var state = Path.Combine(_folder, $"{name}.state");
        var plan = Plan(name, "Gateway", http, new()
        {
            ["GATEWAY_PLATFORM_URL"] = PlatformUrl.AbsoluteUri,
            ["GATEWAY_IDENTITY_URL"] = IdentityUrl.AbsoluteUri,
            ["GATEWAY_NODE_CLIENT_ID"] = name,
            ["GATEWAY_NODE_CLIENT_SECRET_FILE"] = Secret(name, secret),
            ["GATEWAY_STATE_FILE"] = state,
            ["GATEWAY_HTTP_PORT"] = Number(http),
            ["GATEWAY_PROBE_URL"] = Url(http).AbsoluteUri,
            ["GATEWAY_CLUSTER_ID"] = "test",
            ["GATEWAY_ADVERTISED_HOST"] = "127.0.0.1",
            ["GATEWAY_PORT_START"] = Number(start),
            ["GATEWAY_PORT_COUNT"] = Number(Ports),
            ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT",
            ["GATEWAY_FAILED_LOGIN_DELAY_MS"] = "0",
            ["GATEWAY_USER_POOL_SECRET_KEY"] = _userPoolKey,
            ["KAFKA_BOOTSTRAP_SERVERS"] = _kafka,
        });
        return new GatewayUnderTest(name, secret, start, Ports, new StateFileUnderTest(state), new ServiceProcess(plan));
    }

    private ServicePlan Plan(string name, string project, int port, Dictionary<string, string> environment)
    {
        environment["ASPNETCORE_URLS"] = Url(port).AbsoluteUri;
        if (_tls is not null)
        {
            environment["SSL_CERT_FILE"] = _tls.Authority;
            (environment["Kestrel__Certificates__Default__Path"], environment["Kestrel__Certificates__Default__KeyPath"]) = (_tls.Certificate, _tls.Key);
        }

        return new ServicePlan(name, Repository.Dll(project), environment, new Uri(Url(port), "health/ready"), _folder) { Trust = _tls is null ? null : _tls.Handler };
    }

    private string Secret(string name, string content)
    {
        var file = Path.Combine(_folder, $"{name}.secret");
        PrivateFiles.Write(file, content);
        return file;
    }

    private string LogFile(string name) => Path.Combine(_folder, $"{name}.log");

    private Uri Url(int port) => new(_tls is null ? $"http://127.0.0.1:{Number(port)}" : $"https://localhost:{Number(port)}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A gateway node.</summary>
/// <param name="Name">Its OAuth client id.</param>
/// <param name="Secret">Its OAuth secret.</param>
/// <param name="PortStart">Port of slot 0.</param>
/// <param name="PortCount">How many ports it listens on.</param>
public sealed record GatewayUnderTest(string Name, string Secret, int PortStart, int PortCount, StateFileUnderTest State, ServiceProcess Process)
{
    public string Bootstrap => $"127.0.0.1:{PortStart.ToString(CultureInfo.InvariantCulture)}";

    public bool Owns(int port) => port >= PortStart && port < PortStart + PortCount;

    public string Log => File.ReadAllText(Process.Plan.LogFile);
}
