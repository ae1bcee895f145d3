using System.Runtime.InteropServices;

namespace PartnerPlatform.EmbeddedKafka;

/// <summary>
/// A Kafka cluster inside this process, on free loopback ports: librdkafka's mock cluster. Brokers are numbered from 1.
/// Everything it stores is in memory only (at most 5 MiB a partition) and gone with the process.
/// </summary>
public sealed class MockCluster : IDisposable
{
    // Versions that the mock cluster claims but answers wrongly, cut to what it does right.
    private static readonly (short Api, short Lowest, short Highest)[] VersionLimits =
    [
        (11, 0, 5), // JoinGroup
        (14, 0, 3), // SyncGroup
        (12, 0, 2), // Heartbeat
        (13, 0, 2), // LeaveGroup
    ];

    private readonly nint _handle;
    private readonly nint _cluster;
    private readonly int _brokers;
    private bool _disposed;

    private MockCluster(nint handle, nint cluster, int brokers)
    {
        _handle = handle;
        _cluster = cluster;
        _brokers = brokers;
        BootstrapServers = Librdkafka.BootstrapServers(cluster);
    }

    /// <summary><c>host:port</c> of every broker, comma separated.</summary>
    public string BootstrapServers { get; }

    public static unsafe MockCluster Start(int brokers, IEnumerable<TopicArgument> topics)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        var error = stackalloc byte[Librdkafka.ErrorTextBytes];
        var configuration = Librdkafka.NewConfiguration();
        Set(configuration, "client.id", "embedded-kafka", error);
        Set(configuration, "log_level", "3", error);
        Set(configuration, "receive.message.max.bytes", "200000000", error);
        var handle = Librdkafka.NewHandle(Librdkafka.Producer, configuration, error, Librdkafka.ErrorTextBytes);
        if (handle == 0)
        {
            throw new InvalidOperationException($"librdkafka did not start: {Text(error)}");
        }

        var native = Librdkafka.NewCluster(handle, brokers);
        if (native == 0)
        {
            Librdkafka.DestroyHandle(handle);
            throw new InvalidOperationException($"librdkafka did not start a mock cluster of {brokers} brokers.");
        }

        var cluster = new MockCluster(handle, native, brokers);
        try
        {
            cluster.Prepare(topics);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public void CreateTopic(string topic, int partitions) =>
        Check(Librdkafka.CreateTopic(_cluster, topic, partitions, Math.Min(3, _brokers)), $"creating topic {topic}");

    public void DeleteTopic(string topic) => Check(Librdkafka.DeleteTopic(_cluster, topic), $"deleting topic {topic}");

    public void MoveLeader(string topic, int partition, int broker) =>
        Check(Librdkafka.SetLeader(_cluster, topic, partition, broker), $"moving {topic}-{partition} to broker {broker}");

    /// <summary>Closes the broker's connections and its port; its partitions keep it as leader until they are moved.</summary>
    public void StopBroker(int broker) => Check(Librdkafka.SetDown(_cluster, broker), $"stopping broker {broker}");

    public void StartBroker(int broker) => Check(Librdkafka.SetUp(_cluster, broker), $"starting broker {broker}");

    public void AddBroker(int broker) => Check(Librdkafka.AddBroker(_cluster, broker), $"adding broker {broker}");

    public void SetRack(int broker, string rack) => Check(Librdkafka.SetRack(_cluster, broker, rack), $"setting the rack of broker {broker}");

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Librdkafka.DestroyCluster(_cluster);
        Librdkafka.DestroyHandle(_handle);
    }

    private static unsafe void Set(nint configuration, string name, string value, byte* error)
    {
        if (Librdkafka.Configure(configuration, name, value, error, Librdkafka.ErrorTextBytes) != 0)
        {
            throw new InvalidOperationException($"librdkafka refused {name}={value}: {Text(error)}");
        }
    }

    private static unsafe string Text(byte* error) => Marshal.PtrToStringUTF8((nint)error) ?? "";

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{what} failed: {Librdkafka.Describe(error)}");
        }
    }

    private void Prepare(IEnumerable<TopicArgument> topics)
    {
        Check(Librdkafka.SetController(_cluster, 1), "setting the controller");
        Librdkafka.SetRebalanceDelay(_cluster, 0);
        foreach (var (api, lowest, highest) in VersionLimits)
        {
            Check(Librdkafka.SetApiVersions(_cluster, api, lowest, highest), $"limiting the versions of API {api}");
        }

        foreach (var topic in topics)
        {
            CreateTopic(topic.Name, topic.Partitions);
        }
    }
}
