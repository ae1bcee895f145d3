using System.Diagnostics;
using System.Globalization;

namespace PartnerPlatform.Benchmarks.Measuring;

/// <summary>Reads what a proxy's process uses.</summary>
/// <param name="process">Its id.</param>
/// <param name="metrics">Where it tells what it allocates; null: nowhere.</param>
/// <param name="other">Of a second process, which is added; null: there is one.</param>
internal sealed class ProxyMeter(int process, Uri? metrics, ProxyMeter? other = null)
{
    private const string AllocatedMetric = "dotnet_gc_heap_total_allocated_bytes_total";

    /// <summary>The exporter repeats its last answer for 300 ms, whoever asks.</summary>
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromMilliseconds(320);

    private static readonly HttpClient Http = new();
    private static long? _scrapedAt;

    private readonly string _threads = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task";
    private double _cpu;
    private long? _allocated;
    private Dictionary<string, (long Voluntary, long Involuntary)> _switches = [];

    public void Start()
    {
        other?.Start();

        // The costly questions first, so that their own cost is outside.
        _allocated = Allocated();
        _switches = Switches();
        _cpu = Native.CpuSeconds(process);
    }

    /// <summary>What was used since <see cref="Start"/>.</summary>
    public ProxyCost Stop()
    {
        var cpu = Native.CpuSeconds(process) - _cpu;
        var now = Switches();

        // The runtime's counter only rises: after the collector gave up one of its heaps, and with it what that had counted, it stands still for a while.
        var allocated = Allocated() - _allocated is > 0 and var bytes ? bytes : (long?)null;
        var cost = new ProxyCost(
            cpu, allocated, now.Sum(t => t.Value.Voluntary - _switches.GetValueOrDefault(t.Key).Voluntary), now.Sum(t => t.Value.Involuntary - _switches.GetValueOrDefault(t.Key).Involuntary));
        return other is null ? cost : cost + other.Stop();
    }

    /// <summary>Memory that is held now.</summary>
    public long ResidentBytes() => (other?.ResidentBytes() ?? 0) + Count(File.ReadAllLines(Path.Combine(Path.GetDirectoryName(_threads)!, "status")), "VmRSS:") * 1024;

    /// <summary>By thread; those that ended meanwhile are lost.</summary>
    private Dictionary<string, (long Voluntary, long Involuntary)> Switches()
    {
        var switches = new Dictionary<string, (long, long)>();
        foreach (var thread in Directory.GetDirectories(_threads))
        {
            try
            {
                var lines = File.ReadAllLines(Path.Combine(thread, "status"));
                switches[thread] = (Count(lines, "voluntary_ctxt_switches:"), Count(lines, "nonvoluntary_ctxt_switches:"));
            }
            catch (IOException) when (!Directory.Exists(thread))
            {
                // It ended between being listed and being read.
            }
        }

        return switches;
    }

    private static long Count(string[] lines, string name) =>
        long.Parse(lines.Single(l => l.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);

    private long? Allocated()
    {
        if (metrics is null)
        {
            return null;
        }

        if (_scrapedAt is { } last && ScrapeInterval - Stopwatch.GetElapsedTime(last) is { Ticks: > 0 } tooEarly)
        {
            Thread.Sleep(tooEarly);
        }

        // name{labels} value timestamp
        var line = Http.GetStringAsync(metrics).GetAwaiter().GetResult().Split('\n').Single(l => l.StartsWith(AllocatedMetric, StringComparison.Ordinal));
        _scrapedAt = Stopwatch.GetTimestamp();
        return (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
