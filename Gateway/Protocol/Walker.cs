namespace PartnerPlatform.Gateway.Protocol;

/// <summary>
/// Runs a <see cref="MessageTable"/> over a frame that may arrive in pieces, shows the fields with a meaning to a visitor, and collects
/// patches for those that change length. Fixed-size fields are changed in place. One walker serves one direction of a connection; nothing is
/// allocated for a frame. Every length is checked against the frame's own, so that a walk always ends and never reads past it.
/// </summary>
public sealed class Walker
{
    /// <summary>Bytes of record batches that a visitor is shown: up to the first batch's record count.</summary>
    public const int RecordsHead = 61;

    private const int MaximumDepth = 16;

    /// <summary>Bytes that the addresses of all brokers of a cluster may take.</summary>
    private const int MaximumEndpoints = 1 << 20;

    /// <summary>Names in one message.</summary>
    private const int MaximumPatches = 200_000;

    /// <summary>Room that is kept for the next message.</summary>
    private const int UsualPatches = 1024;

    private readonly Level[] _levels = new Level[MaximumDepth];
    private readonly List<Patch> _patches = [];
    private MessageTable _table = null!;
    private FieldVisitor _visitor = null!;
    private int _depth;
    private int _next;
    private int _end;
    private int _frameLength;
    private int _position;
    private int _skip;
    private int _zero;
    private bool _allowTrailing;

    /// <summary>Changes of length found so far, in order; positions count from the start of the walk.</summary>
    public IReadOnlyList<Patch> Patches => _patches;

    /// <summary>True: the whole message was walked.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Bytes that are done with; less than the frame's when bytes behind the message were allowed.</summary>
    public int Position => _position;

    /// <summary>Begins a frame.</summary>
    /// <param name="table">Its message and version.</param>
    /// <param name="frameLength">Bytes of the message body.</param>
    /// <param name="visitor">Is shown the fields.</param>
    /// <param name="allowTrailing">Bytes behind the message are left alone, as brokers do with requests (docs/decisions/0031).</param>
    public void Start(MessageTable table, int frameLength, FieldVisitor visitor, bool allowTrailing = false)
    {
        _allowTrailing = allowTrailing;
        _table = table;
        _visitor = visitor;
        _patches.Clear();
        if (_patches.Capacity > UsualPatches)
        {
            _patches.Capacity = UsualPatches;
        }

        _depth = 0;
        _next = 0;
        _end = table.Length;
        _frameLength = frameLength;
        _position = 0;
        _skip = 0;
        _zero = 0;
        IsDone = false;
    }

    /// <summary>Walks a frame that lies in memory as a whole.</summary>
    /// <exception cref="InvalidFrameException">It is not exactly one message of this version.</exception>
    public void Run(MessageTable table, Span<byte> frame, FieldVisitor visitor, bool allowTrailing = false)
    {
        Start(table, frame.Length, visitor, allowTrailing);
        Advance(frame);
        if (!IsDone)
        {
            throw new InvalidFrameException("The frame ends inside a field.");
        }
    }

    /// <summary>
    /// Walks on. Returns how many bytes are done with; what is left must be given again with more behind it (a field with a
    /// meaning is shown as a whole).
    /// </summary>
    /// <exception cref="InvalidFrameException">The bytes break a rule of the message.</exception>
    public int Advance(Span<byte> data)
    {
        var cursor = new FrameCursor(data, _frameLength - _position);
        while (Step(ref cursor))
        {
        }

        _position += cursor.At;
        if (!IsDone && _position == _frameLength)
        {
            throw new InvalidFrameException("The frame ends inside a field.");
        }

        return cursor.At;
    }

    private bool Step(ref FrameCursor cursor)
    {
        if (_skip > 0)
        {
            return SkipOn(ref cursor);
        }

        if (_next == _end)
        {
            return Leave(ref cursor);
        }

        ref readonly var instruction = ref _table.Program[_next];
        switch (instruction.Op)
        {
            case Op.Skip:
                cursor.Require(instruction.Argument);
                _skip = instruction.Argument;
                _next++;
                return true;
            case Op.Fixed:
                if (!cursor.TryTake(instruction.Argument, out var value))
                {
                    return false;
                }

                _visitor.Fixed(instruction.Meaning, value);
                _next++;
                return true;
            case Op.SkipVariable:
                if (!cursor.TryLength(instruction, out var skipped))
                {
                    return false;
                }

                _skip = Math.Max(0, skipped);
                _next++;
                return true;
            case Op.Variable:
                return Variable(instruction, ref cursor);
            case Op.Records:
                return Records(instruction, ref cursor);
            case Op.Array:
                return Array(instruction, ref cursor);
            case Op.Endpoints:
                return Endpoints(ref cursor);
            case Op.NullableStruct:
                if (!cursor.TryTake(1, out var present))
                {
                    return false;
                }

                _next += (sbyte)present[0] < 0 ? instruction.Argument + 1 : 1;
                return true;
            default:
                if (!cursor.TryUnsignedVarInt(out var tags))
                {
                    return false;
                }

                Enter(new Level { Return = _next + 1, Remaining = (int)Math.Min(tags, int.MaxValue), TagSection = instruction.Argument, PreviousTag = -1, IsTags = true });
                _next = _end;
                return true;
        }
    }

    private bool SkipOn(ref FrameCursor cursor)
    {
        var count = Math.Min(_skip, cursor.Available);
        if (_zero > 0)
        {
            cursor.Rest[..count].Clear();
            _zero -= count;
        }

        cursor.At += count;
        _skip -= count;
        return _skip == 0;
    }

    private bool Leave(ref FrameCursor cursor)
    {
        if (_depth == 0)
        {
            IsDone = _allowTrailing || _position + cursor.At == _frameLength ? true : throw new InvalidFrameException("Bytes are left behind the message.");
            return false;
        }

        ref var level = ref _levels[_depth - 1];
        if (level.IsTags)
        {
            return NextTag(ref level, ref cursor);
        }

        if (--level.Remaining > 0)
        {
            _next = level.Start;
            return true;
        }

        Return(level.Return);
        return true;
    }

    private bool NextTag(ref Level level, ref FrameCursor cursor)
    {
        if (level.TagEnd > 0 && level.TagEnd != _position + cursor.At)
        {
            throw new InvalidFrameException("A tagged field does not have its size.");
        }

        if (level.Remaining == 0)
        {
            Return(level.Return);
            return true;
        }

        var start = cursor.At;
        if (!cursor.TryUnsignedVarInt(out var tag) || !cursor.TryUnsignedVarInt(out var size))
        {
            cursor.At = start;
            level.TagEnd = 0;
            return false;
        }

        if (tag <= level.PreviousTag)
        {
            throw new InvalidFrameException("Tagged fields are not in rising order.");
        }

        cursor.Require(size);
        level.PreviousTag = tag;
        level.Remaining--;
        level.TagEnd = _position + cursor.At + (int)size;
        foreach (ref readonly var known in _table.TagSections[level.TagSection].AsSpan())
        {
            if (known.Tag != tag)
            {
                continue;
            }

            if (known.Neutralise)
            {
                // The number and its replacement are one byte each: nothing moves.
                cursor.Data[start] = EqualLength.UnknownTag;
                _zero = (int)size;
                break;
            }

            _next = known.Start;
            _end = known.End;
            return true;
        }

        _skip = (int)size;
        return true;
    }

    private bool Variable(in Instruction instruction, ref FrameCursor cursor)
    {
        var start = cursor.At;
        if (!cursor.TryLength(instruction, out var length))
        {
            return false;
        }

        if (length < 0)
        {
            _visitor.Null(instruction.Meaning);
            _next++;
            return true;
        }

        if (instruction.LengthSize == 2 && length > short.MaxValue)
        {
            throw new InvalidFrameException("A string is longer than 32,767 bytes.");
        }

        if (!cursor.TryTake(length, out var value))
        {
            cursor.At = start;
            return false;
        }

        var replacement = _visitor.Variable(instruction.Meaning, value);
        if (replacement.Changes && _table.IsLengthPreserving)
        {
            EqualLength.Fit(replacement.Bytes, cursor.Data.Slice(cursor.At - length, length));
        }
        else if (replacement.Changes)
        {
            var bytes = replacement.IsNull && !instruction.Nullable ? [] : replacement.Bytes;
            if (_patches.Count == MaximumPatches)
            {
                throw new InvalidFrameException("A message names too many things.");
            }

            _patches.Add(new Patch(_position + start, _position + cursor.At, bytes, instruction.Compact, instruction.LengthSize));
        }

        _next++;
        return true;
    }

    /// <summary>What follows is the rest of the message: it must have arrived as a whole.</summary>
    private bool Endpoints(ref FrameCursor cursor)
    {
        var left = _frameLength - _position - cursor.At;
        if (left > MaximumEndpoints)
        {
            throw new InvalidFrameException("The addresses of brokers are too long.");
        }

        if (!cursor.TryTake(left, out var rest))
        {
            return false;
        }

        if (EqualLength.TryHideEndpoints(rest))
        {
            _next = _end;
        }
        else
        {
            // An empty array: the tags behind it are walked as ever.
            cursor.At -= left - 1;
            _next++;
        }

        return true;
    }

    private bool Records(in Instruction instruction, ref FrameCursor cursor)
    {
        var start = cursor.At;
        if (!cursor.TryLength(instruction, out var length))
        {
            return false;
        }

        var head = Math.Min(Math.Max(0, length), RecordsHead);
        if (cursor.Available < head)
        {
            cursor.At = start;
            return false;
        }

        if (length > 0)
        {
            _visitor.Records(cursor.Rest[..head], length);
        }

        _skip = Math.Max(0, length);
        _next++;
        return true;
    }

    private bool Array(in Instruction instruction, ref FrameCursor cursor)
    {
        if (!cursor.TryLength(instruction, out var count, isCount: true))
        {
            return false;
        }

        var body = _next + 1;
        var after = body + instruction.Argument;
        if (count <= 0)
        {
            _next = after;
        }
        else if (instruction.Argument == 1 && _table.Program[body].Op == Op.Skip)
        {
            cursor.Require((long)count * _table.Program[body].Argument);
            _skip = count * _table.Program[body].Argument;
            _next = after;
        }
        else
        {
            Enter(new Level { Return = after, Remaining = count, Start = body });
            _next = body;
            _end = after;
        }

        return true;
    }

    private void Enter(Level level)
    {
        level.OuterEnd = _end;
        _levels[_depth++] = level;
    }

    private void Return(int to)
    {
        _depth--;
        _next = to;
        _end = _levels[_depth].OuterEnd;
    }

    private struct Level
    {
        public int Start;
        public int Return;
        public int OuterEnd;
        public int Remaining;
        public bool IsTags;
        public int TagSection;
        public long PreviousTag;
        public int TagEnd;
    }
}
