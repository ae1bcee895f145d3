using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>haproxy as a forwarder of bytes, also behind TLS: what a proxy costs that knows nothing of Kafka.</summary>
internal sealed class HaproxyProcess : IAsyncDisposable
{
    private readonly ManagedProcess _process;

    private HaproxyProcess(ManagedProcess process, int port, int tlsPort) => (_process, Port, TlsPort) = (process, port, tlsPort);

    /// <summary>Null: it can be started.</summary>
    public static string? SkipReason { get; } = Commands.Find("haproxy") is null ? "haproxy is not on the PATH" : null;

    public int Port { get; }

    public int TlsPort { get; }

    public int Id => _process.Id;

    public static async Task<HaproxyProcess> StartAsync(int sink, string certificate, string folder)
    {
        var (port, tlsPort) = (FreePorts.Take(), FreePorts.Take());
        var configuration = Path.Combine(folder, "haproxy.cfg");
        // It sets TCP_NODELAY by itself in this mode.
        await File.WriteAllTextAsync(configuration, $"""
            global
                nbthread 2
                maxconn 1000
                tune.bufsize 65536
            defaults
                mode tcp
                timeout connect 5s
                timeout client 10m
                timeout server 10m
            listen kafka
                bind 127.0.0.1:{port}
                server sink 127.0.0.1:{sink}
            listen kafka-tls
                bind 127.0.0.1:{tlsPort} ssl crt {certificate}
                server sink 127.0.0.1:{sink}

            """);
        return new HaproxyProcess(await Listening.StartAsync("haproxy", ["haproxy", "-db", "-f", configuration], port, folder), port, tlsPort);
    }

    public static async Task<string?> VersionAsync() =>
        SkipReason is null ? (await Commands.RequireAsync("haproxy", "-v")).Split('\n')[0] : null;

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
