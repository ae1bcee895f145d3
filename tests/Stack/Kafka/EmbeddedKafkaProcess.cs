using System.Globalization;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Kafka;

/// <summary>The embedded Kafka program (tests/EmbeddedKafka) as a process; its data is in memory only.</summary>
public sealed class EmbeddedKafkaProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private EmbeddedKafkaProcess(ManagedProcess process, string bootstrapServers)
    {
        Process = process;
        BootstrapServers = bootstrapServers;
    }

    public ManagedProcess Process { get; }

    public string BootstrapServers { get; }

    /// <param name="folder">Gets its log and its addresses.</param>
    /// <param name="topics">Name and number of partitions.</param>
    public static async Task<EmbeddedKafkaProcess> StartAsync(
        string folder, IReadOnlyDictionary<string, int> topics, int brokers = 3, CancellationToken cancellation = default)
    {
        PrivateFiles.CreateFolder(folder);
        var addresses = Path.Combine(folder, "embedded-kafka.bootstrap");
        File.Delete(addresses);
        string[] command =
        [
            "dotnet", Repository.Dll("tests/EmbeddedKafka"), "--brokers", brokers.ToString(CultureInfo.InvariantCulture), "--bootstrap-file", addresses,
            .. topics.SelectMany(topic => new[] { "--topic", $"{topic.Key}:{topic.Value.ToString(CultureInfo.InvariantCulture)}" }),
        ];
        var process = await ManagedProcess.StartAsync(
            new ProcessPlan("embedded Kafka", command, new Dictionary<string, string>(), Path.Combine(folder, "embedded-kafka.log")));
        try
        {
            var deadline = TimeProvider.System.GetTimestamp();
            while (!File.Exists(addresses))
            {
                if (process.HasExited)
                {
                    throw new StackException($"The embedded Kafka ended with code {process.ExitCode}: {process.LogTail()}");
                }

                if (TimeProvider.System.GetElapsedTime(deadline) > StartLimit)
                {
                    throw new StackException($"The embedded Kafka did not serve within {StartLimit.TotalSeconds:0} s.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
            }

            return new EmbeddedKafkaProcess(process, await File.ReadAllTextAsync(addresses, cancellation));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => Process.StopAsync(TimeSpan.FromSeconds(5));

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
