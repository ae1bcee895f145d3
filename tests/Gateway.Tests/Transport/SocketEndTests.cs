using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

/// <summary>How connections begin and end, by either side, while something waits.</summary>
public sealed class SocketEndTests
{
    private const int SmallBuffer = 4 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_peer_that_is_done_is_seen_after_its_last_bytes_and_can_still_be_sent_to()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        using var __ = peer;
        var buffer = new byte[10];
        await peer.SendAsync(new byte[] { 1, 2, 3 }, Cancellation);
        peer.Shutdown(SocketShutdown.Send);

        // The end is told together with the bytes, and only once.
        await Task.Delay(100, Cancellation);
        Assert.Equal(3, await channel.ReceiveAsync(buffer, Cancellation).AsTask().WaitAsync(Patience, Cancellation));
        Assert.Equal(0, await channel.ReceiveAsync(buffer, Cancellation).AsTask().WaitAsync(Patience, Cancellation));
        Assert.Equal(0, await channel.ReceiveAsync(buffer, Cancellation).AsTask().WaitAsync(Patience, Cancellation));

        await channel.SendAsync(new byte[] { 9 }, Cancellation);
        Assert.Equal(1, await peer.ReceiveAsync(buffer, Cancellation));
        await channel.CloseAsync(Patience);
        Assert.Equal(0, await peer.ReceiveAsync(buffer, Cancellation));
    }

    [Fact]
    public async Task Closing_hands_over_everything_and_takes_what_still_comes_without_a_reset()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        using var _ = peer;
        var closing = CloseAsync();

        await peer.SendAsync(new byte[5000], Cancellation);
        Assert.Equal(1000, await ReceiveAllAsync(peer));
        await peer.SendAsync(new byte[5000], Cancellation);
        Assert.False(closing.IsCompleted);
        peer.Shutdown(SocketShutdown.Send);

        await closing.WaitAsync(Patience, Cancellation);

        async Task CloseAsync()
        {
            await channel.ReceiveAsync(new byte[10], Cancellation);
            await channel.SendAsync(new byte[1000], Cancellation);
            await channel.CloseAsync(Patience);
        }
    }

    [Fact]
    public async Task What_was_sent_right_before_an_abort_arrives()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        using var _ = peer;
        var received = channel.ReceiveAsync(new byte[1], Cancellation);
        await Task.Delay(20, Cancellation);
        var aborting = AbortAsync();

        await peer.SendAsync(new byte[1], Cancellation);

        Assert.Equal(10, await ReceiveAllAsync(peer));
        await aborting;

        async Task AbortAsync()
        {
            await received;
            await channel.SendAsync(new byte[10], Cancellation);
            channel.Abort();
        }
    }

    [Fact]
    public async Task A_reset_fails_the_receive_that_waits_and_those_after_it()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        var receiving = channel.ReceiveAsync(new byte[10], Cancellation).AsTask();

        Reset(peer);

        var error = await Assert.ThrowsAsync<IOException>(() => receiving.WaitAsync(Patience, Cancellation));
        Assert.Contains("reset", error.Message, StringComparison.OrdinalIgnoreCase);
        await FailsAsync(() => channel.SendAsync(new byte[100_000], Cancellation));
    }

    [Fact]
    public async Task A_reset_is_found_by_the_send_after_one_that_was_kept_to_leave_together()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        Reset(peer);
        await Assert.ThrowsAsync<IOException>(async () => await channel.ReceiveAsync(new byte[10], Cancellation));
        await FailsAsync(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await channel.SendAsync(new byte[10], Cancellation);
                await Task.Delay(50, Cancellation);
            }
        });
    }

    [Fact]
    public async Task A_reset_fails_the_send_that_waits_for_room()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        await using var _ = channel;
        var sending = channel.SendAsync(new byte[4_000_000], Cancellation).AsTask();
        await Task.Delay(50, Cancellation);
        Assert.False(sending.IsCompleted);

        Reset(peer);

        await Assert.ThrowsAsync<IOException>(() => sending.WaitAsync(Patience, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_abort_fails_what_waits(bool byAnotherThread)
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        using var _ = peer;
        var receiving = channel.ReceiveAsync(new byte[10], Cancellation).AsTask();
        var sending = channel.SendAsync(new byte[4_000_000], Cancellation).AsTask();
        await Task.Delay(50, Cancellation);

        if (byAnotherThread)
        {
            await Task.Run(channel.Abort, Cancellation);
        }
        else
        {
            var (other, sender) = await TestLoops.PairAsync(TestLoops.Shared);
            await using var __ = other;
            other.Move(channel.Loop);
            var aborting = AbortOnLoopAsync(other);
            await sender.SendAsync(new byte[1], Cancellation);
            await aborting;
            sender.Dispose();
        }

        await Assert.ThrowsAsync<IOException>(() => receiving.WaitAsync(Patience, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => sending.WaitAsync(Patience, Cancellation));
        await FailsAsync(async () => await channel.ReceiveAsync(new byte[10], Cancellation));
        await FailsAsync(() => channel.SendAsync(new byte[10], Cancellation));
        channel.Abort();

        async Task AbortOnLoopAsync(SocketChannel other)
        {
            await other.ReceiveAsync(new byte[1], Cancellation);
            Assert.True(channel.Loop.IsCurrent);
            channel.Abort();
        }
    }

    [Fact]
    public async Task A_cancelled_receive_takes_nothing_and_the_next_one_works()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared);
        await using var _ = channel;
        using var __ = peer;
        var buffer = new byte[10];
        for (var i = 0; i < 200; i++)
        {
            using var cancelling = new CancellationTokenSource();
            var receiving = channel.ReceiveAsync(buffer, cancelling.Token).AsTask();
            await cancelling.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Patience, Cancellation));
            Assert.Equal(cancelling.Token, error.CancellationToken);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.ReceiveAsync(buffer, cancelling.Token));
        }

        var next = channel.ReceiveAsync(buffer, Cancellation).AsTask();
        await peer.SendAsync(new byte[] { 5 }, Cancellation);
        Assert.Equal(1, await next.WaitAsync(Patience, Cancellation));
        Assert.Equal(5, buffer[0]);
    }

    [Fact]
    public async Task A_cancelled_send_ends()
    {
        var (channel, peer) = await TestLoops.PairAsync(TestLoops.Shared, SmallBuffer);
        await using var _ = channel;
        using var __ = peer;
        using var cancelling = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.SendAsync(new byte[4_000_000], cancelling.Token).AsTask().WaitAsync(Patience, Cancellation));
    }

    [Fact]
    public async Task Nobody_at_an_address_is_told_as_such()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using (var channel = await TestLoops.Shared.ConnectAsync("localhost", port, Patience, Cancellation))
        {
            using var peer = await listener.AcceptSocketAsync(Cancellation);
            await channel.SendAsync(new byte[3], Cancellation);
            Assert.Equal(3, await peer.ReceiveAsync(new byte[10], Cancellation));
        }

        listener.Stop();

        var refused = await Assert.ThrowsAsync<SocketException>(() => TestLoops.Shared.ConnectAsync("127.0.0.1", port, Patience, Cancellation));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_connect_that_nobody_answers_ends_in_time()
    {
        // A queue of one that is full answers no more.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var queued = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await queued.ConnectAsync(listener.LocalEndPoint!, Cancellation);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        var late = await Assert.ThrowsAsync<SocketException>(() => TestLoops.Shared.ConnectAsync("127.0.0.1", port, TimeSpan.FromMilliseconds(200), Cancellation));

        Assert.Equal(SocketError.TimedOut, late.SocketErrorCode);
    }

    private static void Reset(Socket peer)
    {
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
    }

    private static Task FailsAsync(Func<ValueTask> call) => Assert.ThrowsAsync<IOException>(async () => await call());

    private static async Task<int> ReceiveAllAsync(Socket socket)
    {
        var (buffer, all) = (new byte[10_000], 0);
        while (await socket.ReceiveAsync(buffer, Cancellation) is > 0 and var received)
        {
            all += received;
        }

        return all;
    }
}
