using System.Buffers.Binary;
using System.Globalization;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>A node with low limits, which the tests of <see cref="AttackCostTests"/> attack one after the other.</summary>
public sealed class AttackedNode(KafkaFixture fixture) : IAsyncLifetime
{
    public const int Waiting = 200;

    private readonly Tenants _tenants = new();
    private GatewayNode? _node;

    public int Port => _node!.PortStart;

    public string Log => _node!.Log;

    public async Task StartedAsync()
    {
        var kafka = await fixture.StartedAsync();
        if (_node is not null)
        {
            return;
        }

        _tenants.Cluster("main", 1, 2, 3).VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        _node = GatewayNode.Prepare("gateway-attacked", kafka.Kafka.Plaintext, _tenants, new Dictionary<string, string>
        {
            ["GATEWAY_MAX_CONNECTIONS_WAITING"] = $"{Waiting}",
            ["GATEWAY_LOGIN_TIMEOUT"] = "3",
            ["GATEWAY_CONNECTIONS_MAX_IDLE"] = "3",
        });
        await _node.StartAsync(_tenants);
    }

    public Task CreateTopicAsync(string name) => KafkaFixture.CreateTopicsAsync(fixture.Kafka.Plaintext, (name, 1));

    public Task<RawClient> LoggedInAsync(int? receiveBuffer = null, int slot = 0) => RawClient.LoggedInAsync(Port + slot, "app", _tenants.Token("shop", "app"), receiveBuffer);

    public async Task ServesOthersAsync()
    {
        await using var neighbour = await LoggedInAsync();
        Assert.Equal(0, (await neighbour.AskAsync(ApiKey.ListGroups, 4, RawClient.NewRequest(ApiKey.ListGroups))).Body.Get<short>("errorCode"));
    }

    public long ResidentBytes()
    {
        using var process = System.Diagnostics.Process.GetProcessById(_node!.Service.Process.Id);
        return process.WorkingSet64;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <summary>Who wants to cost the node memory or connections meets a limit, and others notice nothing.</summary>
public sealed class AttackCostTests(AttackedNode node) : IClassFixture<AttackedNode>
{
    private const int Megabyte = 1 << 20;

    /// <summary>Where a frame has it.</summary>
    private const int CorrelationId = 8;

    [Fact]
    public async Task Sockets_without_a_login_make_room_for_others()
    {
        await node.StartedAsync();
        var before = node.Log.Length;
        var sockets = new List<RawClient>();
        for (var i = 0; i < AttackedNode.Waiting * 3; i++)
        {
            sockets.Add(await RawClient.ConnectAsync(node.Port));
        }

        // The oldest were ended long before their time was up; whoever wants to log in can.
        await sockets[0].AssertClosedAsync();
        await Eventually.SaidAsync(() => node.Log[before..], "too many others wait for their login");
        await node.ServesOthersAsync();
        await using var newest = sockets[^1];
        Assert.Equal(0, (await newest.HandshakeAsync()).Body.Get<short>("errorCode"));
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_byte_at_a_time_before_the_login_ends_with_the_time_for_it()
    {
        await node.StartedAsync();
        var before = node.Log.Length;
        await using var slow = await RawClient.ConnectAsync(node.Port);
        await AssertEndsWhileDrippingAsync(slow, RawClient.Frame(ApiKey.SaslHandshake, 1, 1, new byte[1000]));
        await Eventually.SaidAsync(() => node.Log[before..], "did not log in in time");
    }

    [Fact]
    public async Task A_byte_at_a_time_after_the_login_ends_as_idle()
    {
        await node.StartedAsync();
        var before = node.Log.Length;
        await using var slow = await node.LoggedInAsync();
        await AssertEndsWhileDrippingAsync(slow, RawClient.Frame(ApiKey.Produce, 9, 1, new byte[1000]));
        await Eventually.SaidAsync(() => node.Log[before..], "it was idle");
    }

    [Fact]
    public async Task A_million_topics_in_a_request_are_refused_before_they_cost_memory()
    {
        await node.StartedAsync();
        var before = node.ResidentBytes();
        foreach (var (topics, reason) in new[] { (1_000_000, "8388608 are allowed"), (300_000, "elements") })
        {
            // Made before the login: it takes a while, and the node ends who is idle.
            var request = RawClient.NewRequest(ApiKey.Metadata);
            request.Set("topics", Enumerable.Range(0, topics).Select(i => request.NewChild("topics").Set("name", $"topic-{i.ToString("x", CultureInfo.InvariantCulture)}")).ToList());
            var frame = RawClient.Frame(ApiKey.Metadata, 9, 1, request);
            var log = node.Log.Length;
            await using var greedy = await node.LoggedInAsync();
            try
            {
                await greedy.SendAsync(frame);
            }
            catch (IOException)
            {
                // Ended before all of it was sent.
            }

            await greedy.AssertClosedAsync();
            await Eventually.SaidAsync(() => node.Log[log..], reason);
            await node.ServesOthersAsync();
        }

        Assert.True(node.ResidentBytes() - before < 200 * Megabyte, $"The node grew by {(node.ResidentBytes() - before) / Megabyte} MB.");
    }

    [Fact]
    public async Task Answers_that_are_not_read_stop_the_asking()
    {
        await node.StartedAsync();
        await using var greedy = await node.LoggedInAsync(receiveBuffer: 16 * 1024);
        var frame = RawClient.Frame(ApiKey.ApiVersions, 3, 1, RawRequests.Of(ApiKey.ApiVersions, new Target("", Guid.Empty, "", "")));
        var many = Enumerable.Repeat(frame, 1000).SelectMany(f => f).ToArray();
        var before = node.ResidentBytes();
        var sent = 0;
        for (var stopped = false; !stopped;)
        {
            Assert.True(sent < 500, $"{sent * 1000} requests were taken, and no answer was read.");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await greedy.SendAsync(many).WaitAsync(patience.Token);
                sent++;
            }
            catch (OperationCanceledException)
            {
                stopped = true;
            }
        }

        Assert.True(node.ResidentBytes() - before < 50 * Megabyte, $"The node grew by {(node.ResidentBytes() - before) / Megabyte} MB.");
        await node.ServesOthersAsync();
    }

    [Fact]
    public async Task Answers_made_here_that_wait_behind_a_slow_one_are_bounded_and_come_in_order()
    {
        await node.StartedAsync();
        await node.CreateTopicAsync("shop.waiting");
        await using var asking = await node.LoggedInAsync();
        var (waiting, slot) = await asking.LocateAsync("waiting");
        await using var greedy = await node.LoggedInAsync(slot: slot);
        var refused = RawClient.NewRequest(ApiKey.CreateTopics);
        refused.Set("topics", Enumerable.Range(0, 10_000).Select(i => refused.NewChild("topics").Set("name", i.ToString(CultureInfo.InvariantCulture).PadLeft(300, 'x')).Set("numPartitions", 1)).ToList());
        var frame = RawClient.Frame(ApiKey.CreateTopics, 5, 0, refused);
        var (before, log) = (node.ResidentBytes(), node.Log.Length);

        // Not as long as the node would take for idle.
        await greedy.SendAsync(RawClient.Frame(ApiKey.Fetch, 13, 1, RawRequests.FetchFirst(waiting).Set("maxWaitMs", 2500)));
        var sending = Task.Run(async () =>
        {
            for (var i = 2; i <= 60; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationId), i);
                await greedy.SendAsync(frame);
            }
        });
        await Task.Delay(1800);

        Assert.False(sending.IsCompleted, $"All of it was taken, or none: {sending.Exception?.InnerException?.Message} {node.Log[log..]}");
        Assert.True(node.ResidentBytes() - before < 120 * Megabyte, $"The node grew by {(node.ResidentBytes() - before) / Megabyte} MB.");
        await node.ServesOthersAsync();
        for (var i = 1; i <= 60; i++)
        {
            Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian(await greedy.ReceiveAsync(TimeSpan.FromSeconds(30))));
        }

        await sending;
    }

    private static async Task AssertEndsWhileDrippingAsync(RawClient client, byte[] frame)
    {
        var start = TimeProvider.System.GetTimestamp();
        var end = client.ReceiveAsync();
        for (var i = 0; !end.IsCompleted; i++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "It is still served.");
            try
            {
                await client.SendAsync(frame.AsMemory(i, 1));
            }
            catch (IOException)
            {
                break;
            }

            await Task.Delay(100);
        }

        Assert.Null(await end);
    }
}
