using PartnerPlatform.Benchmarks.Measuring;
using PartnerPlatform.Benchmarks.Synthetic;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>The sink, and before it what the variants need: haproxy, a gateway node, one with TLS.</summary>
internal sealed class SyntheticSurroundings : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("benchmarks-").FullName;
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<Variant> _variants = [];
    private readonly List<Skipped> _skipped = [];

    public IReadOnlyList<Variant> Variants => _variants;

    public IReadOnlyList<Skipped> Skipped => _skipped;

    /// <param name="wanted">See <see cref="VariantNames"/>.</param>
    public static async Task<SyntheticSurroundings> StartAsync(IReadOnlyCollection<string> wanted)
    {
        var surroundings = new SyntheticSurroundings();
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

        var tenants = new BenchmarkTenants(SinkTopics.Plain);
        if (wanted.Any(VariantNames.Gateway.Contains))
        {
            await StartNodeAsync("gateway", "", sink, tenants, new() { ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT" });
        }

        if (wanted.Any(w => VariantNames.Gateway.Any(g => w == g + VariantNames.TlsSuffix)))
        {
            await StartNodeAsync("gateway-tls", VariantNames.TlsSuffix, sink, tenants, new() { ["GATEWAY_SECURITY_PROTOCOL"] = "SASL_SSL", ["GATEWAY_SSL_KEY_STORE_PATH"] = certificate });
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

    private async Task StartNodeAsync(string name, string suffix, int sink, BenchmarkTenants tenants, Dictionary<string, string> settings)
    {
        // As the product has it; tests look more often.
        settings["GATEWAY_METADATA_INTERVAL"] = "2";
        var own = tenants.Tenants.ForOneNode();
        var node = GatewayNode.Prepare(name, $"127.0.0.1:{sink}", own, settings);
        _started.Push(node);
        await node.StartAsync(own);
        var meter = MeterOf(node);
        _variants.AddRange(VariantNames.Gateway.Select(
            v => new Variant(v + suffix, node.PortStart, BenchmarkTenants.TopicOf(v), IsTls: suffix.Length > 0, tenants.LoginOf(v), meter)));
    }

    public static ProxyMeter MeterOf(GatewayNode node) => new(node.Service.Process.Id, new Uri($"http://127.0.0.1:{node.HttpPort}/metrics"));
}
