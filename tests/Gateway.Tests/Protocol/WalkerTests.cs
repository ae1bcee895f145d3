using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Protocol;

public class WalkerTests
{
    [Fact]
    public void Every_message_of_Kafka_is_walked_to_its_end_and_nothing_changes()
    {
        var walker = new Walker();
        foreach (var frame in KafkaFrame.All)
        {
            var body = frame.Body.ToArray();
            walker.Run(frame.Table, body, new Unchanging());
            Assert.Empty(walker.Patches);
            if (!HasEndpoints(frame))
            {
                Assert.Equal(frame.Body, body);
            }
        }
    }

    [Fact]
    public void Names_and_ids_are_rewritten_and_nothing_else()
    {
        var walker = new Walker();
        foreach (var frame in KafkaFrame.All)
        {
            var body = frame.Body.ToArray();
            walker.Run(frame.Table, body, new Tenant());
            var writer = new WireWriter();
            Patch.Apply(body, walker.Patches, writer);
            Assert.Equal(writer.Length - body.Length, Patch.Growth(walker.Patches));

            var expected = MessageReader.Read(frame.Message, frame.Version, frame.Body);
            Expect(expected, frame.Message.Fields, frame.Version);
            var actual = MessageReader.Read(frame.Message, frame.Version, writer.Written);
            DropNeutralised(actual);
            Assert.Equal(
                KafkaJson.Of(frame.Message, frame.Version, expected).ToJsonString(), KafkaJson.Of(frame.Message, frame.Version, actual).ToJsonString());
        }
    }

    [Fact]
    public void A_frame_in_pieces_is_walked_as_one_in_whole()
    {
        var random = new Random(42);
        var whole = new Walker();
        var pieces = new Walker();
        foreach (var frame in KafkaFrame.All)
        {
            var expected = frame.Body.ToArray();
            whole.Run(frame.Table, expected, new Tenant());

            var actual = frame.Body.ToArray();
            pieces.Start(frame.Table, actual.Length, new Tenant());
            int at = 0, arrived = 0;
            while (!pieces.IsDone)
            {
                arrived = Math.Min(actual.Length, arrived + random.Next(1, 8));
                at += pieces.Advance(actual.AsSpan(at, arrived - at));
            }

            Assert.Equal(expected, actual);
            Assert.Equal(whole.Patches.Select(p => (p.Start, p.End)), pieces.Patches.Select(p => (p.Start, p.End)));
        }
    }

    [Fact]
    public void A_message_cut_at_any_length_is_refused()
    {
        var walker = new Walker();
        foreach (var frame in KafkaFrame.All)
        {
            for (var length = 0; length < frame.Body.Length; length++)
            {
                var cut = frame.Body[..length];

                // What is neutralised is not looked into: where it is the rest of the message, a cut inside it is not seen.
                if (!HasEndpoints(frame))
                {
                    Assert.Throws<InvalidFrameException>(() => walker.Run(frame.Table, cut, new Unchanging()));
                }

                Assert.Throws<InvalidFrameException>(() => MessageReader.Read(frame.Message, frame.Version, cut));
            }
        }
    }

    [Fact]
    public void A_message_with_any_byte_spoilt_is_read_alike_or_refused_by_both_readers()
    {
        var walker = new Walker();
        foreach (var frame in KafkaFrame.All)
        {
            for (var at = 0; at < Math.Min(frame.Body.Length, 400); at++)
            {
                foreach (byte value in (ReadOnlySpan<byte>)[0x00, 0x7f, 0x80, 0xff])
                {
                    var spoilt = frame.Body.ToArray();
                    spoilt[at] = value;
                    var read = Accepts(() => MessageReader.Read(frame.Message, frame.Version, spoilt), out var why);
                    var walked = Accepts(() => walker.Run(frame.Table, spoilt.ToArray(), new Unchanging()), out _);

                    // The walker does not decode text, nor look into what it neutralises.
                    Assert.True(read == walked || (walked && (why!.Contains("UTF-8", StringComparison.Ordinal) || HasEndpoints(frame))), $"{frame} at {at} = {value:x2}: {why}");
                }
            }
        }
    }

    [Fact]
    public void Walking_allocates_nothing()
    {
        var frame = KafkaFrame.All.First(f => f is { Api: "Produce", Kind: "request", Version: 13 });
        var body = frame.Body.ToArray();
        var walker = new Walker();
        var visitor = new Unchanging();
        walker.Run(frame.Table, body, visitor);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            walker.Run(frame.Table, body, visitor);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static bool HasEndpoints(KafkaFrame frame) => frame.Message.Fields.Exists(f => f.Name == "nodeEndpoints" && f.Versions.Contains(frame.Version));

    private static bool Accepts(Action read, out string? why)
    {
        try
        {
            read();
            why = null;
            return true;
        }
        catch (InvalidFrameException e)
        {
            why = e.Message;
            return false;
        }
    }

    private static void DropNeutralised(Node node) => node.UnknownTags?.RemoveAll(t => t.Tag == 0x7f && t.Data.All(b => b == 0));

    private static void Expect(Node node, List<Field> fields, short version)
    {
        foreach (var field in fields.Where(f => f.Versions.Contains(version)))
        {
            if (field.Name == "nodeEndpoints")
            {
                node.Set(field.Name, new List<Node>());
                continue;
            }

            node.Set(field.Name, node.Get<object?>(field.Name) switch
            {
                Node child => Expected(child, field, version),
                List<Node> list => list.ConvertAll(c => Expected(c, field, version)),
                List<object?> values => values.ConvertAll(v => Expected(v, field)),
                var value => Expected(value, field),
            });
        }
    }

    private static Node Expected(Node child, Field field, short version)
    {
        Expect(child, field.Fields, version);
        return child;
    }

    private static object? Expected(object? value, Field field) => (field.Meaning, value) switch
    {
        (Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId, string name) => "tenant." + name,
        (Meaning.BrokerId, int id) => id < 0 ? id : id ^ 1,
        (Meaning.TopicId, Guid id) => new Guid([.. id.ToByteArray(bigEndian: true).Reverse()], bigEndian: true),
        _ => value,
    };

    private sealed class Unchanging : FieldVisitor;

    private sealed class Tenant : FieldVisitor
    {
        public override void Fixed(Meaning meaning, Span<byte> value)
        {
            if (meaning == Meaning.BrokerId && value[0] < 0x80)
            {
                value[3] ^= 1;
            }
            else if (meaning == Meaning.TopicId)
            {
                value.Reverse();
            }
        }

        public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value) =>
            meaning is Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId
                ? Replacement.With([.. "tenant."u8, .. value])
                : Replacement.None;
    }
}
