namespace PartnerPlatform.Gateway.Protocol;

internal enum Op : byte
{
    /// <summary>Bytes that mean nothing to the gateway: <see cref="Instruction.Argument"/> of them.</summary>
    Skip,

    /// <summary>A fixed-size field with a meaning, <see cref="Instruction.Argument"/> bytes.</summary>
    Fixed,

    /// <summary>A string or bytes field that means nothing.</summary>
    SkipVariable,

    /// <summary>A string or bytes field with a meaning.</summary>
    Variable,

    /// <summary>Record batches: their head is shown, the rest passes.</summary>
    Records,

    /// <summary>An array; its body is the next <see cref="Instruction.Argument"/> instructions.</summary>
    Array,

    /// <summary>A struct that may be null; its body is the next <see cref="Instruction.Argument"/> instructions.</summary>
    NullableStruct,

    /// <summary>Broker addresses at the end of a message: what is left of the frame is neutralised.</summary>
    Endpoints,

    /// <summary>A section of tagged fields; <see cref="Instruction.Argument"/> is the index in <see cref="MessageTable.TagSections"/>.</summary>
    Tags,
}

internal readonly record struct Instruction(
    Op Op, int Argument, Meaning Meaning = Meaning.None, bool Compact = false, bool Nullable = false, byte LengthSize = 0, int MinimumElement = 0);

/// <summary>A known tagged field: its body lies in the table at [Start, End).</summary>
internal readonly record struct TagBody(int Tag, int Start, int End, bool Neutralise);

/// <summary>One version of a message as a flat list of instructions for <see cref="Walker"/>.</summary>
public sealed class MessageTable
{
    internal MessageTable(Instruction[] program, int length, TagBody[][] tagSections, bool hasMeaning, bool isLengthPreserving)
    {
        Program = program;
        Length = length;
        TagSections = tagSections;
        HasMeaning = hasMeaning;
        IsLengthPreserving = isLengthPreserving;
    }

    internal Instruction[] Program { get; }

    /// <summary>Instructions of the message itself; behind them lie the bodies of tagged fields.</summary>
    internal int Length { get; }

    internal TagBody[][] TagSections { get; }

    /// <summary>False: nothing in this version means anything to the gateway, frames pass unread.</summary>
    public bool HasMeaning { get; }

    /// <summary>True: every field with a meaning keeps its size, so a frame can be patched in place while it streams by.</summary>
    public bool IsLengthPreserving { get; }
}
