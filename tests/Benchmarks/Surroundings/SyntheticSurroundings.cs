using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>The sink, and before it what the variants need: haproxy, a gateway node, one with TLS.</summary>
internal sealed class SyntheticSurroundings : IAsyncDisposable
{
    private readonly BenchmarkTenants _tenants;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("benchmarks-").FullName;
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<Variant> _variants = [];
    private readonly List<Skipped> _skipped = [];

    private SyntheticSurroundings(BenchmarkTenants tenants, IReadOnlyDictionary<string, string> settings) => (_tenants, _settings) = (tenants, settings);

    public IReadOnlyList<Variant> Variants => _variants;

    public IReadOnlyList<Skipped> Skipped => _skipped;

    /// <param name="wanted">See <see cref="VariantNames"/>.</param>
    /// <param name="tenants">Of the nodes; null: one of each kind.</param>
    /// <param name="settings">More settings of the nodes.</param>
    public static async Task<SyntheticSurroundings> StartAsync(IReadOnlyCollection<string> wanted, BenchmarkTenants? tenants = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var surroundings = new SyntheticSurroundings(tenants ?? new BenchmarkTenants(SinkTopics.Plain), settings ?? new Dictionary<string, string>());
        try
        {
            await surroundings.StartWantedAsync(wanted);
            return surroundings;
        }
        catch
        {
            await surroundings.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var last))
        {
            await last.DisposeAsync();
        }
    }

    private async Task StartWantedAsync(IReadOnlyCollection<string> wanted)
    {
        var sink = FreePorts.Take();
        _started.Push(await Listening.StartAsync("sink", ["dotnet", typeof(Sink).Assembly.Location, Sink.Command, $"{sink}", $"{SyntheticLoad.FetchBytes}"], sink, _folder));
        var certificate = ServerCertificate.Write(_folder);
        _variants.Add(new Variant(VariantNames.Direct, sink, SinkTopics.Plain));
        if (wanted.Any(w => w.StartsWith(VariantNames.Haproxy, StringComparison.Ordinal)))
        {
            await StartHaproxyAsync(sink, certificate);
        }

        if (wanted.Any(w => w == VariantNames.StandardOnTwo || VariantNames.Gateway.Contains(w)))
        {
            var node = await StartNodeAsync("gateway", sink, new() { ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT" });
            AddWays(node);
            if (wanted.Contains(VariantNames.StandardOnTwo))
            {
                var second = await StartNodeAsync("gateway-2", sink, new() { ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT" });
                _variants.Add(WayOf(VariantNames.StandardOnTwo, node) with { Proxy = MeterOf(node, MeterOf(second)), OtherPort = second.PortStart });
            }
        }

        if (wanted.Any(w => VariantNames.Gateway.Any(g => w == g + VariantNames.TlsSuffix)))
        {
            AddWays(await StartNodeAsync("gateway-tls", sink, new() { ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_SSL", ["GATEWAY_SSL_KEY_STORE_PATH"] = certificate }), isTls: true);
        }

        _variants.RemoveAll(v => !wanted.Contains(v.Name));
        _skipped.RemoveAll(s => !wanted.Contains(s.Name));
    }

    private async Task StartHaproxyAsync(int sink, string certificate)
    {
        if (HaproxyProcess.SkipReason is { } reason)
        {
            _skipped.AddRange([new Skipped(VariantNames.Haproxy, reason), new Skipped(VariantNames.Haproxy + VariantNames.TlsSuffix, reason)]);
            return;
        }

        var haproxy = await HaproxyProcess.StartAsync(sink, certificate, _folder);
        _started.Push(haproxy);
        var meter = new ProxyMeter(haproxy.Id, metrics: null);
        _variants.Add(new Variant(VariantNames.Haproxy, haproxy.Port, SinkTopics.Plain, Proxy: meter));
        _variants.Add(new Variant(VariantNames.Haproxy + VariantNames.TlsSuffix, haproxy.TlsPort, SinkTopics.Plain, IsTls: true, Proxy: meter));
    }

    private async Task<GatewayNode> StartNodeAsync(string name, int sink, Dictionary<string, string> settings)
    {
        // As the product has it; tests look more often.
        settings["GATEWAY_METADATA_INTERVAL"] = "2";
        foreach (var (key, value) in _settings)
        {
            settings[key] = value;
        }

        var own = _tenants.Tenants.ForOneNode();
        var node = GatewayNode.Prepare(name, $"127.0.0.1:{sink}", own, settings);
        _started.Push(node);
        await node.StartAsync(own);
        return node;
    }

    private void AddWays(GatewayNode node, bool isTls = false)
    {
        var meter = MeterOf(node);
        _variants.AddRange(VariantNames.Gateway.Select(v => WayOf(v, node) with { Name = v + (isTls ? VariantNames.TlsSuffix : ""), IsTls = isTls, Proxy = meter }));
    }

    private Variant WayOf(string variant, GatewayNode node) => new(variant, node.PortStart, BenchmarkTenants.TopicOf(variant), Login: _tenants.LoginOf(variant));

    public static ProxyMeter MeterOf(GatewayNode node, ProxyMeter? other = null) => new(node.Service.Process.Id, new Uri($"http://127.0.0.1:{node.HttpPort}/metrics"), other);
}
