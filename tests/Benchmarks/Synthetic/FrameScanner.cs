using System.Buffers.Binary;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>Reads size-prefixed frames by large blocking reads, and drops what nobody looks at.</summary>
internal sealed class FrameScanner(Stream stream)
{
    /// <summary>Bytes at the start of a frame that can be looked at.</summary>
    private const int HeadBytes = 128;

    private const int SizeBytes = sizeof(int);

    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    /// <summary>Bytes of the frame, its size included.</summary>
    public int Length { get; private set; }

    /// <summary>The first bytes of the frame, its size included; valid until <see cref="Skip"/> or <see cref="Take"/>.</summary>
    public Memory<byte> Head => _buffer.AsMemory(_start, Math.Min(Length, HeadBytes));

    /// <summary>Waits for a frame; it must be skipped or taken before the next. False: the peer closed instead.</summary>
    public bool Next()
    {
        if (!Fill(SizeBytes))
        {
            return false;
        }

        Length = SizeBytes + BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        return Fill(Math.Min(Length, HeadBytes)) ? true : throw new EndOfStreamException("The peer closed inside a frame.");
    }

    /// <summary>Waits for the rest of the frame and drops it.</summary>
    public void Skip()
    {
        var left = Length - (_end - _start);
        if (left <= 0)
        {
            _start += Length;
            return;
        }

        while (left > 0)
        {
            _end = stream.Read(_buffer);
            left = _end > 0 ? left - _end : throw new EndOfStreamException("The peer closed inside a frame.");
        }

        // What was read beyond is the next frame's.
        _start = _end + left;
    }

    /// <summary>Waits for the whole frame and copies it.</summary>
    public byte[] Take()
    {
        var frame = new byte[Length];
        var here = Math.Min(_end - _start, Length);
        _buffer.AsSpan(_start, here).CopyTo(frame);
        _start += here;
        stream.ReadExactly(frame.AsSpan(here));
        return frame;
    }

    private bool Fill(int count)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _start < HeadBytes)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < count)
        {
            var read = stream.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return _end == _start ? false : throw new EndOfStreamException("The peer closed inside a frame.");
            }

            _end += read;
        }

        return true;
    }
}
