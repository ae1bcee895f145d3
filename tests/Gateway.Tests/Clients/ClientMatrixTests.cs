using System.Buffers.Binary;
using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>What one client does, another one finds.</summary>
public class ClientMatrixTests(KafkaFixture fixture)
{
    private const int Each = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>In the order of Kafka's numbers for them.</summary>
    private static readonly (string Java, CompressionType Net)[] Codecs =
        [("none", CompressionType.None), ("gzip", CompressionType.Gzip), ("snappy", CompressionType.Snappy), ("lz4", CompressionType.Lz4), ("zstd", CompressionType.Zstd)];

    [Theory]
    [InlineData("shop", "shop.codecs")]
    [InlineData("initech", "sales.codecs.v1")]
    public async Task What_Java_and_NET_write_in_any_codec_is_read_by_both_and_lies_in_the_log_as_it_was_written(string tenant, string physical)
    {
        var kafka = await fixture.StartedAsync();
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, (physical, 1));
        }

        await Task.WhenAll(Codecs.Select((codec, i) => WriteByJavaAsync(kafka, tenant, codec.Java, i)));
        var byJava = await CodecsInTheLogAsync(kafka, physical, from: 0);
        foreach (var (name, codec) in Codecs)
        {
            WriteByNet(kafka, tenant, name, codec);
        }

        var byNet = await CodecsInTheLogAsync(kafka, physical, from: Codecs.Length * Each);
        var expected = Codecs.SelectMany((codec, i) => Enumerable.Range(0, Each).SelectMany(n => new[] { $"{i}.{n}", NetValue(codec.Java, n) })).Order(StringComparer.Ordinal).ToList();
        Assert.Equal([0, 1, 2, 3, 4], byJava);
        Assert.Equal([0, 1, 2, 3, 4], byNet);
        Assert.Equal(expected, ReadByNet(kafka, tenant, "codecs", expected.Count).Order(StringComparer.Ordinal));
        var read = await RealKafka.RunToolAsync(
            ["console-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", "codecs", "--from-beginning", "--max-messages", $"{expected.Count}", "--timeout-ms", "30000",
                "--group", "codecs-java", "--command-config", kafka.JavaProperties(tenant)]);
        Assert.True(read.ExitCode == 0, Tail(read.Text));
        Assert.Equal(expected, read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("shop", "shop.")]
    [InlineData("initech", "sales.")]
    public async Task A_group_reads_from_where_Kafka_s_tool_has_reset_its_offsets(string tenant, string physical)
    {
        var kafka = await fixture.StartedAsync();
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.resets", 3));
        }

        using (var producer = new ProducerBuilder<Null, string>(kafka.Client(tenant)).Build())
        {
            for (var i = 0; i < 30; i++)
            {
                producer.Produce(new TopicPartition("resets", i % 3), new Message<Null, string> { Value = $"{i % 3}:{i / 3}" });
            }

            producer.Flush(Patience);
        }

        Assert.Equal(30, ReadByNet(kafka, tenant, "resets", 30).Count);
        var offsets = Path.Combine(kafka.First.Folder, $"{tenant}-resets.csv");
        await File.WriteAllTextAsync(offsets, "resets,0,4\nresets,1,9\n");
        var reset = await RealKafka.RunToolAsync(
            ["consumer-groups", "--bootstrap-server", kafka.BootstrapServers, "--command-config", kafka.JavaProperties(tenant), "--group", "g-resets",
                "--reset-offsets", "--from-file", offsets, "--execute"]);
        Assert.True(reset.ExitCode == 0 && !reset.Text.Contains("Error", StringComparison.Ordinal), Tail(reset.Text));
        Assert.DoesNotContain(physical, reset.Text, StringComparison.Ordinal);

        Assert.Equal(["0:4", "0:5", "0:6", "0:7", "0:8", "0:9", "1:9"], ReadByNet(kafka, tenant, "resets", 7).Order(StringComparer.Ordinal));
    }

    private static async Task WriteByJavaAsync(KafkaFixture kafka, string tenant, string codec, int prefix)
    {
        var written = await RealKafka.RunToolAsync(
            ["verifiable-producer", "--bootstrap-server", kafka.BootstrapServers, "--topic", "codecs", "--max-messages", $"{Each}", "--value-prefix", $"{prefix}",
                "--command-config", kafka.JavaProperties(tenant, more: $"compression.type={codec}")]);
        Assert.True(written.ExitCode == 0 && written.Output.Contains($"\"sent\":{Each},\"acked\":{Each}", StringComparison.Ordinal), Tail(written.Text));
    }

    private static void WriteByNet(KafkaFixture kafka, string tenant, string name, CompressionType codec)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(kafka.Client(tenant)) { CompressionType = codec, LingerMs = 50 }).Build();
        for (var i = 0; i < Each; i++)
        {
            producer.Produce("codecs", new Message<Null, string> { Value = NetValue(name, i) });
        }

        producer.Flush(Patience);
    }

    /// <summary>Long enough to become shorter: librdkafka sends what does not as it is.</summary>
    private static string NetValue(string codec, int number) => $"{codec} {number} {new string('x', 200)}";

    /// <summary>All of a group, until no more comes for a second.</summary>
    private static List<string> ReadByNet(KafkaFixture kafka, string tenant, string topic, int atLeast)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client(tenant)) { GroupId = $"g-{topic}", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe(topic);
        var (values, last) = (new List<string>(), DateTime.UtcNow);
        while (DateTime.UtcNow < last + (values.Count < atLeast ? Patience : TimeSpan.FromSeconds(1)))
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                Assert.Equal(topic, record.Topic);
                values.Add(record.Message.Value);
                last = DateTime.UtcNow;
            }
        }

        consumer.Close();
        return values;
    }

    /// <summary>Numbers of the codecs of the batches that the brokers hold from an offset on.</summary>
    private static async Task<IEnumerable<int>> CodecsInTheLogAsync(KafkaFixture kafka, string topic, long from)
    {
        var found = new SortedSet<int>();
        foreach (var server in kafka.Kafka.Plaintext.Split(','))
        {
            await using var broker = await RawClient.ConnectAsync(int.Parse(server.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
            var request = RawRequests.Fetch(new Target(topic, Guid.Empty, "", ""));
            request.List("topics").Single().List("partitions")[0].Set("fetchOffset", from);
            var partition = (await broker.AskAsync(ApiKey.Fetch, 12, request)).Body.List("responses").Single().List("partitions").Single(p => p.Get<int>("partitionIndex") == 0);
            if (partition.Get<short>("errorCode") != 0)
            {
                continue;
            }

            var batches = partition.Get<byte[]>("records").AsMemory();
            while (batches.Length > 0)
            {
                // Offset 8, length 4, leader epoch 4, magic 1, checksum 4; the codec is the lowest three bits of the attributes.
                found.Add(BinaryPrimitives.ReadInt16BigEndian(batches.Span[21..]) & 7);
                batches = batches[(12 + BinaryPrimitives.ReadInt32BigEndian(batches.Span[8..]))..];
            }
        }

        return found;
    }

    private static string Tail(string text) => text.Length > 2500 ? text[^2500..] : text;
}
