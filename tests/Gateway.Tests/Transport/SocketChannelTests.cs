using System.Net.Sockets;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

/// <summary>Bytes over real connections: in order, all of them, and not faster than they are taken.</summary>
public sealed class SocketChannelTests
{
    private const int SmallBuffer = 4 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SmallBuffer)]
    [InlineData(null)]
    public async Task Bytes_arrive_as_they_were_sent_both_ways_at_once(int? buffer)
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, buffer);
        await using var _ = channel;
        using var __ = peer;
        var (there, back) = (Bytes(1, 3_000_000), Bytes(2, 3_000_000));

        var sendingThere = SendAsync(there, piece => channel.SendAsync(piece, Cancellation));
        var sendingBack = SendAsync(back, async piece =>
        {
            for (var at = 0; at < piece.Length;)
            {
                at += await peer.SendAsync(piece[at..], Cancellation);
            }
        });
        var arrived = await Task.WhenAll(
            ReceiveAsync(there.Length, memory => peer.ReceiveAsync(memory, Cancellation)),
            ReceiveAsync(back.Length, memory => channel.ReceiveAsync(memory, Cancellation)));

        await Task.WhenAll(sendingThere, sendingBack).WaitAsync(Patience, Cancellation);
        Assert.True(there.AsSpan().SequenceEqual(arrived[0]));
        Assert.True(back.AsSpan().SequenceEqual(arrived[1]));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_keeps_the_sender_waiting_until_it_does()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        await using var _ = channel;
        using var __ = peer;
        var data = Bytes(3, 2_000_000);

        var sending = channel.SendAsync(data, Cancellation).AsTask();
        await Task.Delay(Moment, Cancellation);
        Assert.False(sending.IsCompleted);

        Assert.True((await ReceiveAsync(data.Length, memory => peer.ReceiveAsync(memory, Cancellation))).AsSpan().SequenceEqual(data));
        await sending.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task Small_pieces_of_a_loop_wait_for_room_as_well()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        await using var _ = channel;
        using var __ = peer;
        const int piece = 1000;
        var sent = 0;
        var data = Bytes(4, 2_000_000);
        var sending = OnLoopAsync(channel, peer, async () =>
        {
            for (; sent < data.Length; sent += piece)
            {
                await channel.SendAsync(data.AsMemory(sent, piece), Cancellation);
            }
        });
        await Task.Delay(Moment, Cancellation);

        // What the sockets and one gathering hold, not all of it.
        Assert.InRange(Volatile.Read(ref sent), 1, 1_000_000);
        Assert.True((await ReceiveAsync(data.Length, memory => peer.ReceiveAsync(memory, Cancellation))).AsSpan().SequenceEqual(data));
        await sending.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task Small_pieces_sent_by_what_the_loop_goes_through_leave_together()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        using var __ = peer;
        var data = Bytes(5, 10_000);

        await OnLoopAsync(channel, peer, async () =>
        {
            for (var at = 0; at < data.Length; at += 100)
            {
                await channel.SendAsync(data.AsMemory(at, 100), Cancellation);
            }
        });

        Assert.True((await ReceiveAsync(data.Length, memory => peer.ReceiveAsync(memory, Cancellation))).AsSpan().SequenceEqual(data));
        Assert.InRange(SegmentsIn(peer), 1u, 3u);
    }

    [Fact]
    public async Task Order_is_kept_between_small_and_large_pieces()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        await using var _ = channel;
        using var __ = peer;
        var data = Bytes(6, 1_500_000);
        int[] pieces = [10, 40_000, 16 * 1024, 16 * 1024 + 1, 1, 70_000, 5, 5, 5];
        var sending = OnLoopAsync(channel, peer, async () =>
        {
            for (var (at, i) = (0, 0); at < data.Length; i++)
            {
                var piece = data.AsMemory(at, Math.Min(pieces[i % pieces.Length], data.Length - at));
                await channel.SendAsync(piece, Cancellation);
                at += piece.Length;
            }
        });

        Assert.True((await ReceiveAsync(data.Length, memory => peer.ReceiveAsync(memory, Cancellation))).AsSpan().SequenceEqual(data));
        await sending.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_receive_into_nothing_waits_and_takes_nothing()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        using var __ = peer;

        var waiting = channel.ReceiveAsync(Memory<byte>.Empty, Cancellation).AsTask();
        await Task.Delay(Moment, Cancellation);
        Assert.False(waiting.IsCompleted);
        await peer.SendAsync(new byte[] { 7, 8 }, Cancellation);

        Assert.Equal(0, await waiting.WaitAsync(Patience, Cancellation));
        Assert.Equal(0, await channel.ReceiveAsync(Memory<byte>.Empty, Cancellation));
        var buffer = new byte[10];
        Assert.Equal(2, await channel.ReceiveAsync(buffer, Cancellation));
        Assert.Equal([7, 8], buffer[..2]);
        Assert.False(channel.ReceiveAsync(Memory<byte>.Empty, Cancellation).IsCompleted);
    }

    [Fact]
    public async Task Nothing_is_allocated_for_a_receive_or_send()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        using var __ = peer;
        peer.Blocking = true;
        var (request, answer) = (new byte[100], new byte[100]);
        var allocated = new long[2];
        var echo = EchoAsync();
        for (var i = 0; i < 2000; i++)
        {
            peer.Send(request);
            peer.Receive(answer);
        }

        await echo.WaitAsync(Patience, Cancellation);
        Assert.InRange(allocated[1] - allocated[0], 0, 1000);

        async Task EchoAsync()
        {
            var buffer = new byte[100];
            for (var i = 0; i < 2000; i++)
            {
                await channel.ReceiveAsync(buffer, CancellationToken.None);
                if (i is 1000 or 1999)
                {
                    allocated[i / 1500] = GC.GetAllocatedBytesForCurrentThread();
                }

                await channel.SendAsync(buffer, CancellationToken.None);
            }
        }
    }

    /// <summary>Runs it as something that the loop goes through.</summary>
    private static async Task OnLoopAsync(SocketChannel channel, Socket peer, Func<Task> sends)
    {
        var received = channel.ReceiveAsync(new byte[1], Cancellation);
        await Task.Delay(20, Cancellation);
        var running = RunAsync();
        await peer.SendAsync(new byte[1], Cancellation);
        await running;

        async Task RunAsync()
        {
            await received;
            Assert.True(channel.Loop.IsCurrent);
            await sends();
        }
    }

    /// <summary>Segments with data that the kernel has taken for a socket: tcpi_data_segs_in of TCP_INFO.</summary>
    private static uint SegmentsIn(Socket socket)
    {
        const int tcp = 6, info = 11, at = 152;
        var bytes = new byte[256];
        Assert.True(socket.GetRawSocketOption(tcp, info, bytes) >= at + sizeof(uint));
        return BitConverter.ToUInt32(bytes, at);
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task SendAsync(byte[] data, Func<ReadOnlyMemory<byte>, ValueTask> send)
    {
        await Task.Yield();
        var random = new Random(data.Length);
        for (var at = 0; at < data.Length;)
        {
            var piece = data.AsMemory(at, Math.Min(data.Length - at, 1 + random.Next(1 << random.Next(1, 19))));
            await send(piece);
            at += piece.Length;
        }
    }

    private static async Task<byte[]> ReceiveAsync(int count, Func<Memory<byte>, ValueTask<int>> receive)
    {
        await Task.Yield();
        var data = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await receive(data.AsMemory(at, Math.Min(count - at, 50_000))).AsTask().WaitAsync(Patience);
            Assert.NotEqual(0, received);
            at += received;
        }

        return data;
    }
}
