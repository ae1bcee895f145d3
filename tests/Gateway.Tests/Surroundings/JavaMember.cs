using System.Text.Json;
using PartnerPlatform.Stack.Kafka;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>A member of a consumer group as a Java process (Kafka's verifiable consumer) that can be killed; it commits what it has told to have read.</summary>
public sealed class JavaMember : IAsyncDisposable
{
    private readonly ManagedProcess _process;
    private readonly string _log;

    private JavaMember(ManagedProcess process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>All that it said.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>What it owns now.</summary>
    public IReadOnlySet<int> Partitions
    {
        get
        {
            var owned = new HashSet<int>();
            foreach (var said in Events())
            {
                var partitions = said.GetProperty("name").GetString() is "partitions_assigned" or "partitions_revoked"
                    ? said.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("partition").GetInt32()).ToList()
                    : [];
                if (said.GetProperty("name").GetString() == "partitions_assigned")
                {
                    owned.UnionWith(partitions);
                }
                else
                {
                    owned.ExceptWith(partitions);
                }
            }

            return owned;
        }
    }

    public IEnumerable<(int Partition, long Offset)> Read =>
        from said in Events()
        where said.GetProperty("name").GetString() == "records_consumed"
        from partition in said.GetProperty("partitions").EnumerateArray()
        let first = partition.GetProperty("minOffset").GetInt64()
        from offset in Enumerable.Range(0, (int)(partition.GetProperty("maxOffset").GetInt64() - first + 1))
        select (partition.GetProperty("partition").GetInt32(), first + offset);

    /// <summary>Every name of a topic that it was told.</summary>
    public IEnumerable<string> Topics =>
        from said in Events()
        where said.TryGetProperty("partitions", out _)
        from partition in said.GetProperty("partitions").EnumerateArray()
        select partition.GetProperty("topic").GetString()!;

    public static async Task<JavaMember> StartAsync(KafkaFixture kafka, string tenant, string group, string topic, params string[] protocol)
    {
        var log = Path.Combine(kafka.First.Folder, $"{tenant}-{group}.log");
        var process = await RealKafka.StartToolAsync(
            ["verifiable-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--group-id", group, "--reset-policy", "earliest",
                "--command-config", kafka.JavaProperties(tenant), .. protocol],
            log);
        return new JavaMember(process, log);
    }

    /// <summary>kill -9: it says nothing to anybody.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Complete lines only: the last may still be written.</summary>
    private IEnumerable<JsonElement> Events() =>
        Log.Split('\n')[..^1].Where(l => l.StartsWith('{')).Select(l => JsonSerializer.Deserialize<JsonElement>(l));
}
