using System.Buffers.Binary;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

/// <summary>Frames over a real connection.</summary>
public sealed class FrameReaderTests : IAsyncLifetime
{
    private const int Large = 256 * 1024;
    private const int MaximumFrame = 4 * 1024 * 1024;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private Socket _sender = null!;
    private SocketChannel _channel = null!;

    public async ValueTask InitializeAsync() => (_channel, _sender) = await TestLoops.PairAsync(TestLoops.Shared);

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _channel.DisposeAsync();
    }

    [Fact]
    public async Task Frames_of_all_sizes_in_pieces_come_out_as_they_were_sent_and_the_bytes_before_them_are_free()
    {
        var random = new Random(1);
        int[] limits = [0, 1, 3, 3064, 3068, 3072, 4096, Large - 1028, Large - 1024, Large, Large + 1, 1024 * 1024];
        var frames = Enumerable.Range(0, 300).Select(i => Frame(random, i < limits.Length * 4 ? limits[i % limits.Length] : random.Next(1 << random.Next(4, 20)))).ToList();
        var sending = SendAsync([.. frames.SelectMany(f => f)], random);
        using var reader = new FrameReader(_channel);
        foreach (var expected in frames)
        {
            Assert.Equal(expected.Length - FrameReader.SizeBytes, await reader.NextSizeAsync(MaximumFrame, Cancellation));
            var frame = await reader.PeekAsync(expected.Length, Cancellation);
            reader.WithHeadroom(expected.Length).Span[..FrameReader.Headroom].Fill(0xee);
            Assert.True(frame.Span.SequenceEqual(expected));
            reader.Consume(expected.Length);
        }

        await sending;
        _sender.Shutdown(SocketShutdown.Send);
        Assert.Null(await reader.NextSizeAsync(MaximumFrame, Cancellation));
    }

    [Fact]
    public async Task Who_waits_holds_a_small_buffer_also_after_much_has_come()
    {
        using var reader = new FrameReader(_channel);
        var random = new Random(2);
        var small = reader.Held;
        for (var i = 0; i < 20; i++)
        {
            var frame = Frame(random, 1024 * 1024);
            var sending = SendAsync(frame, random);
            await reader.NextSizeAsync(MaximumFrame, Cancellation);
            await reader.PeekAsync(frame.Length, Cancellation);
            Assert.True(reader.Held > Large);
            reader.Consume(frame.Length);
            await sending;
        }

        var next = reader.NextSizeAsync(MaximumFrame, Cancellation);

        Assert.False(next.IsCompleted);
        Assert.Equal(small, reader.Held);
        await SendAsync(Frame(random, 10), random);
        Assert.Equal(10, await next);
    }

    [Fact]
    public async Task A_size_that_only_was_claimed_holds_little()
    {
        using var reader = new FrameReader(_channel);
        var claimed = new byte[1000];
        BinaryPrimitives.WriteInt32BigEndian(claimed, 100_000_000);
        await _sender.SendAsync(claimed, Cancellation);
        Assert.Equal(100_000_000, await reader.NextSizeAsync(100_000_000, Cancellation));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var whole = reader.PeekAsync(100_000_000, end.Token);
        Assert.False(whole.IsCompleted);
        Assert.InRange(reader.Held, 1, MaximumFrame);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await whole);
    }

    private static byte[] Frame(Random random, int size)
    {
        var frame = new byte[FrameReader.SizeBytes + size];
        random.NextBytes(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame, size);
        return frame;
    }

    private async Task SendAsync(byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var piece = Math.Min(bytes.Length - at, 1 + random.Next(1 << random.Next(1, 20)));
            at += await _sender.SendAsync(bytes.AsMemory(at, piece), Cancellation);
        }
    }
}
