using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>
/// Reads size-prefixed frames from a channel through one buffer: small while little comes, large under load, larger only for a frame that must be held as a whole. A connection
/// that waits for its peer holds no large one. Frames lie in the buffer with their 4 bytes of size before them, so that an unchanged one is sent on as it is, and with
/// <see cref="Headroom"/> before that, so that a longer header can be written there.
/// </summary>
public sealed class FrameReader(IByteChannel channel) : IDisposable
{
    public const int SizeBytes = 4;

    /// <summary>Bytes before every frame that are free to be written.</summary>
    public const int Headroom = 1024;

    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 256 * 1024;

    /// <summary>Room that is made for a frame before it has come: enough for what producers send by default.</summary>
    private const int TakenAtOnce = 2 * 1024 * 1024;

    /// <summary>Receives in a row that would have found room in the small buffer, after which it is taken again.</summary>
    private const int FewBeforeSmall = 16;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _start = Headroom;
    private int _end = Headroom;
    private int _usual = SmallBuffer;
    private int _few;

    /// <summary>Bytes of memory held now.</summary>
    internal int Held => _buffer.Length;

    /// <summary>Bytes that have arrived and are not consumed.</summary>
    public Memory<byte> Arrived => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The first bytes that have arrived, with the free <see cref="Headroom"/> before them.</summary>
    public Memory<byte> WithHeadroom(int count) => _buffer.AsMemory(_start - Headroom, Headroom + count);

    /// <summary>Waits for the next frame's size; null when the peer closed between two frames.</summary>
    /// <exception cref="InvalidFrameException">The size is not one that a frame may have.</exception>
    /// <exception cref="IOException">The connection broke, also inside a frame.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int?> NextSizeAsync(int maximum, CancellationToken cancellationToken)
    {
        if (_end - _start < SizeBytes && !await FillAsync(SizeBytes, cancellationToken))
        {
            return _end == _start ? null : throw new IOException("The peer closed inside a frame.");
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        return size < 0 || size > maximum
            ? throw new InvalidFrameException(Diagnose(_buffer.AsSpan(_start, SizeBytes), size, maximum))
            : size;
    }

    /// <summary>Waits until the first <paramref name="count"/> bytes have arrived, and shows them; they stay until <see cref="Consume"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Memory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start < count && !await FillAsync(count, cancellationToken))
        {
            throw new IOException("The peer closed inside a frame.");
        }

        return _buffer.AsMemory(_start, count);
    }

    /// <summary>Waits for more than has arrived.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask MoreAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(_end - _start + 1, cancellationToken))
        {
            throw new IOException("The peer closed inside a frame.");
        }
    }

    public void Consume(int count) => _start += count;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_start == _end && _buffer.Length > SmallBuffer)
        {
            Take(SmallBuffer);
            await channel.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        }

        while (_end - _start < count)
        {
            // A size is only what the peer says: room for a very large frame is made as it comes.
            MakeRoom(Math.Min(count, Math.Max(TakenAtOnce, 2 * (_end - _start))));
            var received = await channel.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            if (received == 0)
            {
                return false;
            }

            _end += received;
            Learn(received);
        }

        return true;
    }

    /// <summary>Decides on the buffer to be taken next time.</summary>
    private void Learn(int received)
    {
        if (_end == _buffer.Length)
        {
            (_usual, _few) = (LargeBuffer, 0);
        }
        else if (_usual == LargeBuffer)
        {
            _few = received > SmallBuffer - Headroom ? 0 : _few + 1;
            _usual = _few < FewBeforeSmall ? LargeBuffer : SmallBuffer;
        }
    }

    private void MakeRoom(int count)
    {
        if (_start == _end)
        {
            _start = _end = Headroom;
        }

        var arrived = _end - _start;
        var needed = Math.Max(Headroom + count, _usual);
        if (_buffer.Length < needed)
        {
            Take(needed);
        }
        else if (_buffer.Length - _start < count || _end == _buffer.Length)
        {
            _buffer.AsSpan(_start, arrived).CopyTo(_buffer.AsSpan(Headroom));
            (_start, _end) = (Headroom, Headroom + arrived);
        }
    }

    /// <summary>Changes to another buffer; what has arrived comes along.</summary>
    private void Take(int length)
    {
        var arrived = _end - _start;
        var taken = ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(_start, arrived).CopyTo(taken.AsSpan(Headroom));
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (taken, Headroom, Headroom + arrived);
    }

    private static string Diagnose(ReadOnlySpan<byte> head, int size, int maximum) =>
        head.SequenceEqual("GET "u8) || head.SequenceEqual("POST"u8) || head.SequenceEqual("HEAD"u8) || head.SequenceEqual("PUT "u8) ? "HTTP on a Kafka port."
        : head[0] is 0x15 or 0x16 && head[1] == 0x03 ? "TLS on a plain Kafka port."
        : $"A frame claims {size} bytes; 0 to {maximum} are allowed.";
}
