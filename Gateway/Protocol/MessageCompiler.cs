namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Compiles one version of a definition to a <see cref="MessageTable"/>, merging runs of fixed size.</summary>
internal static class MessageCompiler
{
    /// <summary>
    /// Broker addresses behind everything else: the one place where a real address comes late in a frame that may stream. The
    /// walker turns them into zeros under a tag number that no client knows, at equal length (docs/decisions/0033).
    /// </summary>
    private const string Endpoints = "nodeEndpoints";

    public static MessageTable Compile(MessageDefinition definition, short version)
    {
        var build = new Build(version, definition.IsFlexible(version));
        build.Struct(definition.Fields);
        var length = build.Program.Count;
        while (build.Pending.TryDequeue(out var pending))
        {
            var start = build.Program.Count;
            if (!pending.Neutralise)
            {
                build.Field(pending.Field, start);
            }

            build.Sections[pending.Section][pending.Index] = new TagBody(pending.Field.Tag, start, build.Program.Count, pending.Neutralise);
        }

        var meanings = build.Program.Where(i => i.Meaning is not Meaning.None and not Meaning.Records).ToList();
        var hasRecords = build.Program.Exists(i => i.Op == Op.Records);
        return new MessageTable(
            [.. build.Program],
            length,
            [.. build.Sections],
            meanings.Count > 0 || hasRecords || build.Program.Exists(i => i.Op == Op.Endpoints) || build.Sections.Exists(s => s.Any(t => t.Neutralise)),

            // Beside records a text gives way: it is cleaned at equal length, so that the frame need not be held.
            meanings.TrueForAll(i => i.Op == Op.Fixed || (hasRecords && i.Meaning == Meaning.ErrorText)));
    }

    private sealed class Build(short version, bool flexible)
    {
        public List<Instruction> Program { get; } = [];

        public List<TagBody[]> Sections { get; } = [];

        public Queue<(Field Field, int Section, int Index, bool Neutralise)> Pending { get; } = new();

        public void Struct(List<Field> fields)
        {
            var start = Program.Count;
            foreach (var field in fields.Where(f => f.Tag < 0 && f.Versions.Contains(version)))
            {
                Field(field, start);
                if (field.IsArray || field.Type == WireType.Struct)
                {
                    // A run must not be merged into the body that ends here.
                    start = Program.Count;
                }
            }

            if (flexible)
            {
                var known = fields.Where(f => f.Tag >= 0 && f.Versions.Contains(version)).ToList();
                Sections.Add(new TagBody[known.Count]);
                for (var i = 0; i < known.Count; i++)
                {
                    Pending.Enqueue((known[i], Sections.Count - 1, i, known[i].Name == Endpoints));
                }

                Program.Add(new Instruction(Op.Tags, Sections.Count - 1));
            }
        }

        /// <param name="field">What to emit.</param>
        /// <param name="runStart">First instruction that a fixed-size run may be merged into.</param>
        public void Field(Field field, int runStart)
        {
            var nullable = field.Nullable.Contains(version);
            if (!field.IsArray)
            {
                Value(field, nullable, runStart);
                return;
            }

            if (field is { Name: Endpoints, Tag: < 0 })
            {
                Program.Add(new Instruction(Op.Endpoints, 0, Compact: flexible));
                return;
            }

            var at = Program.Count;
            Program.Add(default);
            if (field.Type == WireType.Struct)
            {
                Struct(field.Fields);
            }
            else
            {
                Value(field, false, at + 1);
            }

            var body = Program.Count - at - 1;
            Program[at] = new Instruction(Op.Array, body, Compact: flexible, Nullable: nullable, LengthSize: 4, MinimumElement: Minimum(at + 1, Program.Count));
        }

        private void Value(Field field, bool nullable, int runStart)
        {
            switch (field)
            {
                case { Type: WireType.Struct } when nullable:
                    var at = Program.Count;
                    Program.Add(default);
                    Struct(field.Fields);
                    Program[at] = new Instruction(Op.NullableStruct, Program.Count - at - 1, Nullable: true);
                    break;
                case { Type: WireType.Struct }:
                    Struct(field.Fields);
                    break;
                case { Type: WireType.Records }:
                    Program.Add(new Instruction(Op.Records, 0, Meaning.Records, flexible, nullable, 4));
                    break;
                case { FixedSize: 0 }:
                    var op = field.Meaning == Meaning.None ? Op.SkipVariable : Op.Variable;
                    Program.Add(new Instruction(op, 0, field.Meaning, flexible, nullable, field.Type == WireType.String ? (byte)2 : (byte)4));
                    break;
                case { Meaning: not Meaning.None }:
                    Program.Add(new Instruction(Op.Fixed, field.FixedSize, field.Meaning));
                    break;
                case var _ when Program.Count > runStart && Program[^1] is { Op: Op.Skip } run:
                    Program[^1] = run with { Argument = run.Argument + field.FixedSize };
                    break;
                default:
                    Program.Add(new Instruction(Op.Skip, field.FixedSize));
                    break;
            }
        }

        /// <summary>Fewest bytes that an element can take: bounds a count before anything is read.</summary>
        private int Minimum(int start, int end)
        {
            var bytes = 0;
            for (var i = start; i < end; i++)
            {
                var instruction = Program[i];
                bytes += instruction.Op switch
                {
                    Op.Skip or Op.Fixed => instruction.Argument,
                    Op.Tags or Op.NullableStruct => 1,
                    _ => instruction.Compact ? 1 : instruction.LengthSize,
                };
                if (instruction.Op is Op.Array or Op.NullableStruct)
                {
                    i += instruction.Argument;
                }
            }

            return Math.Max(1, bytes);
        }
    }
}
