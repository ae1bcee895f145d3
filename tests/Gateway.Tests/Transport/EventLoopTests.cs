using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

/// <summary>Many connections on one loop, and one connection on several.</summary>
public sealed class EventLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flood_does_not_starve_another_connection_of_its_loop()
    {
        var loops = new EventLoops(1);
        var (flooded, flood) = await TestLoops.PairAsync(loops);
        var (quiet, asking) = await TestLoops.PairAsync(loops);
        await using var _ = flooded;
        await using var __ = quiet;
        using var ___ = asking;
        asking.NoDelay = true;
        using var end = new CancellationTokenSource();
        var flooding = Task.Factory.StartNew(() => Flood(flood, end.Token), TaskCreationOptions.LongRunning);
        var taking = TakeAsync(flooded);
        var echoing = EchoAsync(quiet);
        await Task.Delay(100, Cancellation);

        var slowest = TimeSpan.Zero;
        var buffer = new byte[1];
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await asking.SendAsync(buffer, Cancellation);
            Assert.Equal(1, await asking.ReceiveAsync(buffer, Cancellation).AsTask().WaitAsync(Patience, Cancellation));
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }

        await end.CancelAsync();
        await flooding;
        flood.Dispose();
        asking.Shutdown(SocketShutdown.Send);
        await echoing.WaitAsync(Patience, Cancellation);
        Assert.True(await taking.WaitAsync(Patience, Cancellation) > 10_000_000);
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        static void Flood(Socket socket, CancellationToken end)
        {
            var bytes = new byte[256 * 1024];
            while (!end.IsCancellationRequested)
            {
                socket.Send(bytes);
            }
        }

        // Takes less at a time than comes meanwhile: it never has to wait.
        static async Task<long> TakeAsync(SocketChannel channel)
        {
            var (buffer, all) = (new byte[64], 0L);
            while (await channel.ReceiveAsync(buffer, CancellationToken.None) is > 0 and var received)
            {
                all += received;
            }

            return all;
        }
    }

    [Fact]
    public async Task Connections_that_open_and_close_by_the_thousand_never_see_each_others_bytes()
    {
        const int workers = 8, cycles = 500;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var loops = new EventLoops(2);
        using var end = new CancellationTokenSource();
        var serving = ServeAsync();

        await Task.WhenAll(Enumerable.Range(0, workers).Select(w => Task.Run(() => WorkAsync(w)))).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        await end.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    _ = EchoAsync(loops.Open(await listener.AcceptSocketAsync(end.Token)));
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        async Task WorkAsync(int worker)
        {
            var random = new Random(worker);
            for (var cycle = 0; cycle < cycles; cycle++)
            {
                await using var channel = await loops.ConnectAsync("127.0.0.1", port, Patience, CancellationToken.None);
                var (sent, back) = (new byte[8], new byte[8]);
                for (var i = 0; i < 3; i++)
                {
                    BinaryPrimitives.WriteInt64BigEndian(sent, ((long)worker << 32) + cycle * 10 + i);
                    await channel.SendAsync(sent, CancellationToken.None);
                    for (var at = 0; at < back.Length;)
                    {
                        var received = await channel.ReceiveAsync(back.AsMemory(at), CancellationToken.None).AsTask().WaitAsync(Patience);
                        Assert.NotEqual(0, received);
                        at += received;
                    }

                    Assert.Equal(sent, back);
                }

                // Some close while one more answer is on its way, some while they wait for it.
                if (random.Next(2) == 0)
                {
                    await channel.SendAsync(sent, CancellationToken.None);
                    var waiting = channel.ReceiveAsync(back, CancellationToken.None).AsTask();
                    channel.Abort();
                    try
                    {
                        await waiting.WaitAsync(Patience);
                        Assert.Equal(sent, back);
                    }
                    catch (IOException)
                    {
                        // It was closed before the answer came.
                    }
                }
            }
        }
    }

    [Fact]
    public async Task A_channel_that_has_moved_goes_on_in_the_other_loop()
    {
        var loops = new EventLoops(2);
        var (one, first) = await TestLoops.PairAsync(loops);
        var (two, second) = await TestLoops.PairAsync(loops);
        await using var _ = one;
        await using var __ = two;
        using var ___ = first;
        using var ____ = second;
        Assert.NotSame(one.Loop, two.Loop);

        two.Move(one.Loop);

        Assert.Same(one.Loop, two.Loop);
        var buffer = new byte[1];
        for (var i = 0; i < 10; i++)
        {
            var receiving = ReceiveOnLoopAsync();
            await Task.Delay(5, Cancellation);
            await second.SendAsync(buffer, Cancellation);
            await receiving.WaitAsync(Patience, Cancellation);
        }

        async Task ReceiveOnLoopAsync()
        {
            Assert.Equal(1, await two.ReceiveAsync(buffer, Cancellation));
            Assert.True(one.Loop.IsCurrent);
        }
    }

    /// <summary>As a connection to a broker is: the loop that it leaves is still busy with its connect.</summary>
    [Fact]
    public async Task Channels_that_move_right_after_their_connect_have_each_receive_ended_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var loops = new EventLoops(2);
        var (other, peer) = await TestLoops.PairAsync(loops);
        await using var _ = other;
        using var __ = peer;
        for (var i = 0; i < 2000; i++)
        {
            await using var channel = await loops.ConnectAsync("127.0.0.1", port, Patience, CancellationToken.None);
            channel.Move(other.Loop);
            var receiving = Task.Run(async () => await channel.ReceiveAsync(new byte[1], CancellationToken.None));
            using var accepted = await listener.AcceptSocketAsync(Cancellation);
            accepted.Send(new byte[1]);
            Assert.Equal(1, await receiving.WaitAsync(Patience, Cancellation));
        }
    }

    [Fact]
    public async Task What_came_before_a_channel_moved_is_not_lost()
    {
        var loops = new EventLoops(2);
        for (var i = 0; i < 100; i++)
        {
            var (one, first) = await TestLoops.PairAsync(loops);
            var (two, second) = await TestLoops.PairAsync(loops);
            await using var _ = one;
            await using var __ = two;
            using var ___ = first;
            using var ____ = second;
            await FindNothingAsync(two);
            second.Send(new byte[1]);
            two.Move(one.Loop);
            Assert.Equal(1, await two.ReceiveAsync(new byte[1], Cancellation).AsTask().WaitAsync(Patience, Cancellation));
        }

        // From here on only the kernel can tell it that something has come.
        static async Task FindNothingAsync(SocketChannel channel)
        {
            using var cancelling = new CancellationTokenSource();
            var receiving = channel.ReceiveAsync(new byte[10], cancelling.Token).AsTask();
            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        }
    }

    [Fact]
    public async Task Connections_are_spread_over_the_loops()
    {
        var loops = new EventLoops(3);
        var pairs = new List<(SocketChannel Channel, Socket Peer)>();
        for (var i = 0; i < 30; i++)
        {
            pairs.Add(await TestLoops.PairAsync(loops));
        }

        Assert.Equal([10, 10, 10], pairs.GroupBy(p => p.Channel.Loop).Select(g => g.Count()));
        foreach (var (channel, peer) in pairs)
        {
            channel.Abort();
            peer.Dispose();
        }

        Assert.All(pairs, p => Assert.Equal(0, p.Channel.Loop.Count));
    }

    private static async Task EchoAsync(SocketChannel channel)
    {
        await using var _ = channel;
        var buffer = new byte[1024];
        try
        {
            while (await channel.ReceiveAsync(buffer, CancellationToken.None) is > 0 and var received)
            {
                await channel.SendAsync(buffer.AsMemory(0, received), CancellationToken.None);
            }
        }
        catch (IOException)
        {
            // The other side has gone.
        }
    }
}
