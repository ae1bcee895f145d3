using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using Node = PartnerPlatform.Gateway.Protocol.Node;

namespace PartnerPlatform.Gateway.Tests.Faults;

/// <summary>A client that asks for much and reads nothing costs the node no memory, and nobody else any time.</summary>
[Collection(AloneCollection.Name)]
public class SlowReaderTests(FaultyKafka fixture)
{
    private const int Megabyte = 1 << 20;
    private const short Version = 17;

    /// <summary>The heap is collected after half a megabyte, and grows by one: by default memory moves by more than what is looked for, and for minutes, as a request allocates little.</summary>
    private static readonly Dictionary<string, string> SmallSteps = new() { ["DOTNET_GCgen0size"] = "80000", ["DOTNET_GCRegionSize"] = "100000" };

    [Fact]
    public async Task A_reader_that_stops_during_a_large_fetch_costs_less_than_two_megabytes_and_slows_nobody()
    {
        var kafka = await fixture.StartedAsync();
        await WriteAsync(kafka.Kafka.Plaintext);
        var tenants = new Tenants().Cluster("main", 1, 2, 3).VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        await using var node = GatewayNode.Prepare("gateway-measured", kafka.Kafka.Plaintext, tenants, SmallSteps);
        await node.StartAsync(tenants);
        var token = tenants.Token("shop", "app");
        await using var asking = await RawClient.LoggedInAsync(node.PortStart, "app", token);
        var large = await asking.LocateAsync("large");
        var small = await asking.LocateAsync("small");
        await using var neighbour = await RawClient.LoggedInAsync(node.PortStart + small.Leader, "app", token);

        // Warm: fetches of a size that many clients' are, so that a node which held the large one would have to grow for it.
        await using (var warm = await RawClient.LoggedInAsync(node.PortStart + large.Leader, "app", token))
        {
            for (var i = 0; i < 20; i++)
            {
                await warm.SendAsync(ApiKey.Fetch, Version, RawRequests.FetchFirst(large.Target, maxBytes: 8 * Megabyte));
                Assert.NotNull(await warm.ReceiveAsync());
            }

            for (var i = 0; i < 5; i++)
            {
                await MeasureAsync(neighbour, small.Target, 500);
            }
        }

        // And one that stops: what the node does then for the first time, it has done.
        await using (await StoppedAsync())
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var before = await SteadyBytesAsync(node, () => MeasureAsync(neighbour, small.Target, 500));
        var usual = await MeasureAsync(neighbour, small.Target, 1000);
        await using var stopped = await StoppedAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        var beside = await MeasureAsync(neighbour, small.Target, 1000);
        var grown = ResidentBytes(node) - before;
        Assert.True(grown < 2 * Megabyte, $"The node grew by {grown / 1024} KB.");
        Assert.True(beside < usual * 2 + TimeSpan.FromMilliseconds(1), $"A fetch of the neighbour took {beside.TotalMilliseconds:0.00} ms beside it, {usual.TotalMilliseconds:0.00} ms before.");

        // What it had asked for is all there when it reads on.
        Assert.True((await stopped.ReceiveAsync(TimeSpan.FromSeconds(60)))!.Length > 20 * Megabyte);

        async Task<RawClient> StoppedAsync()
        {
            var client = await RawClient.LoggedInAsync(node.PortStart + large.Leader, "app", token, receiveBuffer: 16 * 1024);
            for (var i = 0; i < 4; i++)
            {
                await client.SendAsync(ApiKey.Fetch, Version, RawRequests.FetchFirst(large.Target, maxBytes: 200 * Megabyte));
            }

            return client;
        }
    }

    /// <summary>200 MB in one partition, and one record in another topic.</summary>
    private static async Task WriteAsync(string bootstrapServers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreateTopicsAsync(new[] { "shop.large", "shop.small" }.Select(t => new TopicSpecification { Name = t, NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["min.insync.replicas"] = "1" } }));
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers, Acks = Acks.Leader, LingerMs = 20, BatchSize = 900_000, QueueBufferingMaxKbytes = 64 * 1024 }).Build();
        await producer.ProduceAsync("shop.small", new Message<Null, byte[]> { Value = new byte[1000] });
        var value = new byte[100_000];
        Random.Shared.NextBytes(value);
        for (var i = 0; i < 2000; i++)
        {
            for (var full = true; full;)
            {
                try
                {
                    producer.Produce("shop.large", new Message<Null, byte[]> { Value = value });
                    full = false;
                }
                catch (ProduceException<Null, byte[]> e) when (e.Error.Code == Confluent.Kafka.ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(50));
                }
            }
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
    }

    /// <summary>Median time of small fetches, one after the other.</summary>
    private static async Task<TimeSpan> MeasureAsync(RawClient client, Target target, int count)
    {
        var request = RawRequests.FetchFirst(target, maxBytes: 4096);
        var times = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await client.AskAsync(ApiKey.Fetch, Version, request);
            times.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal(0, answer.Body.List("responses").Single().List("partitions").Single().Get<short>("errorCode"));
        }

        times.Sort();
        return times[count / 2];
    }

    /// <summary>The runtime's heap grows in steps towards what the traffic needs: warm is a process whose memory stays where it is under the same traffic. It moves between
    /// collections, so that what counts is the highest.</summary>
    private static async Task<long> SteadyBytesAsync(GatewayNode node, Func<Task> traffic)
    {
        const int steadyRounds = 4;
        var (highest, steady) = (ResidentBytes(node), 0);
        for (var round = 0; steady < steadyRounds; round++)
        {
            Assert.True(round < 60, "The node's memory grows under the same traffic without end.");
            await traffic();
            var now = ResidentBytes(node);
            steady = now <= highest + (Megabyte / 8) ? steady + 1 : 0;
            highest = Math.Max(highest, now);
        }

        return highest;
    }

    /// <summary>Its own memory: pages of program files come and go with what runs.</summary>
    private static long ResidentBytes(GatewayNode node)
    {
        var line = File.ReadLines($"/proc/{node.Service.Process.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
