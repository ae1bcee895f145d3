using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Demo.Parts;

/// <summary>The physical cluster of the demo: the embedded one, or a real one that <c>KAFKA_BOOTSTRAP_SERVERS</c> names.</summary>
internal static class KafkaCluster
{
    public const string Variable = "KAFKA_BOOTSTRAP_SERVERS";
    public const string Orders = "sales.orders.v1";
    public const string Returns = "sales.returns.v1";

    /// <summary>Topic and number of partitions.</summary>
    public static readonly IReadOnlyDictionary<string, int> Topics = new Dictionary<string, int> { [Orders] = 3, [Returns] = 3 };

    public static string? RealBootstrapServers => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } servers ? servers : null;

    public static async Task<(string Said, string Bootstrap)> StartAsync(string folder, Running running, CancellationToken cancellation)
    {
        if (RealBootstrapServers is { } servers)
        {
            var created = await RealTopics.EnsureAsync(servers, Topics, cancellation);
            return ($"{servers} (real); {(created.Count == 0 ? "topics are there" : $"created {string.Join(", ", created)}")}", servers);
        }

        var embedded = await EmbeddedKafkaProcess.StartAsync(folder, Topics, cancellation: cancellation);
        running.Add(new Part("embedded Kafka", () => embedded.Process, embedded.StopAsync, StartAgainAsync: null));
        return ($"{embedded.BootstrapServers}; data in memory only", embedded.BootstrapServers);
    }
}
