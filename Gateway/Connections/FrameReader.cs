using System.Buffers;
using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// Reads size-prefixed frames from a channel through one buffer, which grows only for a frame that must be held as a whole, and shrinks back.
/// Frames lie in the buffer with their 4 bytes of size before them, so that an unchanged one is sent on as it is.
/// </summary>
public sealed class FrameReader(IByteChannel channel) : IDisposable
{
    public const int SizeBytes = 4;

    private const int UsualBuffer = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualBuffer);
    private int _start;
    private int _end;

    /// <summary>Bytes that have arrived and are not consumed.</summary>
    public Memory<byte> Arrived => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Waits for the next frame's size; null when the peer closed between two frames.</summary>
    /// <exception cref="InvalidFrameException">The size is not one that a frame may have.</exception>
    /// <exception cref="IOException">The connection broke, also inside a frame.</exception>
    public async ValueTask<int?> NextSizeAsync(int maximum, CancellationToken cancellationToken)
    {
        ShrinkIfIdle();
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
    public async ValueTask<Memory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start < count && !await FillAsync(count, cancellationToken))
        {
            throw new IOException("The peer closed inside a frame.");
        }

        return _buffer.AsMemory(_start, count);
    }

    /// <summary>Waits for more than has arrived.</summary>
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

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        MakeRoom(count);
        while (_end - _start < count)
        {
            var received = await channel.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            if (received == 0)
            {
                return false;
            }

            _end += received;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        if (_buffer.Length - _start >= count && _end < _buffer.Length)
        {
            return;
        }

        var arrived = _end - _start;
        if (_buffer.Length >= count && arrived < _buffer.Length)
        {
            _buffer.AsSpan(_start, arrived).CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(count, _buffer.Length + 1));
            _buffer.AsSpan(_start, arrived).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _start = 0;
        _end = arrived;
    }

    private void ShrinkIfIdle()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > 4 * UsualBuffer)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = ArrayPool<byte>.Shared.Rent(UsualBuffer);
            }
        }
    }

    private static string Diagnose(ReadOnlySpan<byte> head, int size, int maximum) =>
        head.SequenceEqual("GET "u8) || head.SequenceEqual("POST"u8) || head.SequenceEqual("HEAD"u8) || head.SequenceEqual("PUT "u8) ? "HTTP on a Kafka port."
        : head[0] is 0x15 or 0x16 && head[1] == 0x03 ? "TLS on a plain Kafka port."
        : $"A frame claims {size} bytes; 0 to {maximum} are allowed.";
}
